import { openWebgpu } from '../../src/tensor/webgpu/index.ts';

// node --import tsx adapter.ts VENDOR: says what the WebGPU backend computes on; fails where its name lacks VENDOR.

const vendor = process.argv[2] ?? '';
try {
  const adapter = await openWebgpu();
  console.error(`WebGPU computes on ${adapter}.`);
  process.exit(adapter.toLowerCase().includes(vendor) ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
