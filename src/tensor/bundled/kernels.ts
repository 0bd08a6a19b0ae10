import { createRequire } from 'node:module';
import util from 'node:util';

// Gone from Node 23 on; the kernels still call them.
const old = util as unknown as Record<string, unknown>;
old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
old.isArray ??= Array.isArray;

// tfjs-node's kernels, unchanged, file by file: its index would look for a compiled addon. scripts/bundle.mjs makes them part of
// the bundle.
createRequire(import.meta.url)('@tensorflow/tfjs-node/dist/register_all_kernels.js');
export const { NodeJSKernelBackend } = createRequire(import.meta.url)(
  '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js',
);
