import { locateOneDnn, locateTensorFlow } from '../install/index.ts';
import { chooseBackend } from './backend.ts';

/** Loads the modules and the library of the backend that `auto` stands for, without touching a device. */
export async function preloadBackend(): Promise<void> {
  const { backend } = await chooseBackend({ backend: 'auto', device: 'auto' });
  switch (backend) {
    case 'onednn': {
      const [{ loadOneDnn }] = await Promise.all([import('./onednn/library.ts'), import('./onednn/open.ts')]);
      loadOneDnn(locateOneDnn()!.dir);
      return;
    }
    case 'tensorflow': {
      const [{ loadLibrary }] = await Promise.all([
        import('./native/library.ts'),
        import('./native/open.ts'),
      ]);
      loadLibrary(locateTensorFlow()!.dir);
      return;
    }
    default:
      await import('./eager-backends.ts');
  }
}
