import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../../base/errors.ts';
import { splitSums } from './add-n.ts';

/** What is used of Dawn's Node module, the optional package `webgpu`. */
interface Dawn {
  create(options: string[]): { requestAdapter(options: object): Promise<Adapter | null> };
  globals: Record<string, unknown>;
}

interface Adapter {
  features: { has(name: string): boolean };
  limits: Record<string, number>;
  info: { vendor: string; architecture: string; device: string; description: string };
  requestDevice(options: object): Promise<object>;
}

/** Limits that tfjs's kernels reckon with: the adapter's own in place of WebGPU's guaranteed ones. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

let opened: Promise<string> | undefined;

/** Makes tfjs's WebGPU backend over Dawn (Vulkan, Metal or Direct3D 12) the current one; returns the adapter's name. */
export async function openWebgpu(): Promise<string> {
  opened ??= open();
  try {
    const adapter = await opened;
    // tfjs falls back to another backend where one does not start.
    if (!(await tf.setBackend('webgpu')) || tf.getBackend() !== 'webgpu') throw notOpened();
    return adapter;
  } catch (error) {
    opened = undefined;
    throw error;
  }
}

async function open(): Promise<string> {
  const dawn = await load();
  // tfjs reads WebGPU's constants (GPUBufferUsage, …) from the global object, as in a browser.
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  // Required before there is a `navigator.gpu`, with which the package would register a backend of its own; and not imported: its
  // ES modules import without file extensions, which Node does not resolve.
  const { WebGPUBackend } = createRequire(import.meta.url)('@tensorflow/tfjs-backend-webgpu') as {
    WebGPUBackend: new (device: object, info: object) => tf.KernelBackend;
  };
  splitSums();
  const gpu = dawn.create([]);
  provide(gpu);
  const adapter = await gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch((error: unknown) => noGpu(error));
  if (!adapter) return noGpu();
  const requiredFeatures = ['timestamp-query'].filter((name) => adapter.features.has(name));
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  const { vendor, architecture, description } = adapter.info;
  return [description || vendor, architecture].filter(Boolean).join(' ');
}

/** tfjs's backend asks for `navigator.gpu`; Node has a navigator from version 21 on. It also keeps Dawn's instance from being freed. */
function provide(gpu: object): void {
  const scope = globalThis as { navigator?: object };
  if (!scope.navigator) Object.defineProperty(scope, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(scope.navigator!, 'gpu', { value: gpu, configurable: true });
}

async function load(): Promise<Dawn> {
  try {
    // Named by a variable: the types of an optional package must not be needed to compile.
    const name = 'webgpu';
    return (await import(name)) as Dawn;
  } catch (error) {
    throw new FacecomError('webgpu-missing', 'The package webgpu is not installed or does not load.', {
      found: error instanceof Error ? error.message.split('\n')[0] : String(error),
      exitCode: 2,
      remedy:
        'Run `npm install webgpu` beside facecom (with -g where it is global), or set resources.backend to auto.',
      cause: error,
    });
  }
}

const notOpened = () =>
  new FacecomError('webgpu-unavailable', "tfjs's WebGPU backend does not start.", {
    exitCode: 2,
    found: `the backend ${tf.getBackend() || 'none'}`,
    remedy: 'Set resources.backend to auto.',
  });

function noGpu(cause?: unknown): never {
  throw new FacecomError('no-gpu', 'WebGPU finds no GPU on this machine.', {
    exitCode: 2,
    found: cause instanceof Error ? cause.message : 'no Vulkan, Metal or Direct3D 12 adapter',
    remedy:
      "Install the GPU's Vulkan driver (`vulkaninfo` lists what is found), or set resources.backend to auto.",
    cause,
  });
}
