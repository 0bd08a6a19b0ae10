/**
 * Loads what a run needs before it is known which: modules, the native library, the kernels. Nothing here may touch a device: a
 * GPU that another trial uses has no memory to spare.
 */
export async function preload(): Promise<void> {
  await import('../model/index.ts');
  const { preloadBackend } = await import('../tensor/index.ts');
  await preloadBackend();
}
