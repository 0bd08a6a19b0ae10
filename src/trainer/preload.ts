/**
 * Loads what a run needs before it is known which: modules, the native library, the kernels. Nothing here may touch a device: a
 * GPU that another trial uses has no memory to spare.
 */
export async function preload(): Promise<void> {
  const { locateTensorFlow } = await import('../install/index.ts');
  await import('../model/index.ts');
  const found = locateTensorFlow();
  if (!found) {
    await import('../tensor/eager-backends.ts');
    return;
  }
  const [{ loadLibrary }] = await Promise.all([
    import('../tensor/native/library.ts'),
    import('../tensor/native/open.ts'),
  ]);
  loadLibrary(found.dir);
}
