import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../folders.ts';

/** An installed native TensorFlow. */
export interface TensorFlowPlace {
  /** The folder `tensorflow` of the wheel, which holds the two libraries. */
  dir: string;
  version: string;
  kind: 'cpu' | 'cuda';
}

/** Written last into a finished install, so that half of one is never taken for a whole one. */
export const MARKER = 'facecom-install.json';

/** Where installs lie: `<version>-<kind>/tensorflow`. */
export const installsFolder = (): string => join(cacheFolder(), 'tensorflow');

/**
 * The native TensorFlow to use: the folder that FACECOM_TENSORFLOW_DIR names, else the newest finished install in the cache
 * folder, CUDA before CPU. Undefined where there is none.
 */
export function locateTensorFlow(): TensorFlowPlace | undefined {
  const named = process.env.FACECOM_TENSORFLOW_DIR;
  if (named) return { dir: named, version: versionOf(named), kind: isCuda(named) ? 'cuda' : 'cpu' };
  const found = finished(installsFolder());
  return found.sort((a, b) => order(b) - order(a) || compareVersions(b.version, a.version))[0];
}

const order = ({ kind }: TensorFlowPlace) => (kind === 'cuda' ? 1 : 0);

function finished(folder: string): TensorFlowPlace[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const [, version, kind] = /^(\d+\.\d+\.\d+)-(cpu|cuda)$/.exec(name) ?? [];
    const dir = join(folder, name, 'tensorflow');
    if (!version || !existsSync(join(folder, name, MARKER)) || !existsSync(dir)) return [];
    return [{ dir, version, kind: kind as 'cpu' | 'cuda' }];
  });
}

/** As the install's marker says; the name of the folder where there is none. */
function versionOf(dir: string): string {
  try {
    return JSON.parse(readFileSync(join(dir, '..', MARKER), 'utf8')).version;
  } catch {
    return basename(dir);
  }
}

const isCuda = (dir: string): boolean => existsSync(join(dir, '..', 'nvidia'));

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) if (x![i] !== y![i]) return x![i]! - y![i]!;
  return 0;
}
