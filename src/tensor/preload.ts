import { locateTensorFlow } from '../install/index.ts';

/** Loads the modules and the library of the backend that `auto` stands for, without touching a device. */
export async function preloadBackend(): Promise<void> {
  const found = locateTensorFlow();
  if (!found) {
    await import('./eager-backends.ts');
    return;
  }
  const [{ loadLibrary }] = await Promise.all([import('./native/library.ts'), import('./native/open.ts')]);
  loadLibrary(found.dir);
}
