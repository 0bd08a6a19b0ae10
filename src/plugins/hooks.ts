import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { programModule } from '../base/folders.ts';

let installed = false;

/**
 * Lets this process import plugins: TypeScript, and from wherever they lie this program's own modules, so that they meet the tensors and
 * registries that it uses. The hooks run on a thread of their own (Node's module.register).
 */
export function installHooks(): void {
  if (installed) return;
  installed = true;
  const require = module.createRequire(import.meta.url);
  const addresses: Record<string, string> = {
    facecom: programModule('index'),
    'facecom/layers': programModule('layers'),
    '@tensorflow/tfjs-core': pathToFileURL(require.resolve('@tensorflow/tfjs-core')).href,
  };
  module.register(programModule('plugins/thread'), { data: addresses });
}
