import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readJsonObject, writeJson } from '../../base/files.ts';
import { cacheFolder } from '../../base/folders.ts';

/** An installed native TensorFlow. */
export interface TensorFlowPlace {
  /** The folder `tensorflow` of the wheel, which holds the two libraries. */
  dir: string;
  version: string;
  kind: 'cpu' | 'cuda';
}

/** Written last into a finished install, so that half of one is never taken for a whole one. */
export const MARKER = 'facecom-install.json';

export interface Marker {
  version: string;
  kind: 'cpu' | 'cuda';
  /** What fetched it. */
  by?: string;
  /** Bytes of every file, by its path. */
  files?: Record<string, number>;
  /** When it was installed, and when it was last asked for by name; ms since 1970. */
  installed?: number;
  chosen?: number;
}

/** Where installs lie: `<version>-<kind>/tensorflow`. */
export const installsFolder = (): string => join(cacheFolder(), 'tensorflow');

/**
 * The native TensorFlow to use: the folder that FACECOM_TENSORFLOW_DIR names, else of the finished installs in the cache folder the
 * one that was set up or asked for last. Undefined if there is none.
 */
export function locateTensorFlow(): TensorFlowPlace | undefined {
  const named = process.env.FACECOM_TENSORFLOW_DIR;
  if (named) return { dir: named, version: versionOf(named), kind: isCuda(named) ? 'cuda' : 'cpu' };
  return listInstalls()[0];
}

/** The finished installs of the cache folder, the one to use first. */
export function listInstalls(): TensorFlowPlace[] {
  const found = namesIn(installsFolder()).flatMap((name) => {
    const folder = join(installsFolder(), name);
    const marker = /^\d+\.\d+\.\d+-(cpu|cuda)$/.test(name) ? readMarker(folder) : undefined;
    return marker
      ? [{ place: { dir: join(folder, 'tensorflow'), version: marker.version, kind: marker.kind }, marker }]
      : [];
  });
  return found
    .sort(
      (a, b) =>
        (b.marker.chosen ?? 0) - (a.marker.chosen ?? 0) ||
        order(b.place) - order(a.place) ||
        compareVersions(b.place.version, a.place.version),
    )
    .map(({ place }) => place);
}

/** What is wrong with the files of an install, compared to what its marker says; undefined if nothing is. */
export function verifyInstall(dir: string): string | undefined {
  const folder = dirname(dir);
  for (const [path, bytes] of Object.entries(readMarker(folder)?.files ?? {})) {
    const found = sizeOf(join(folder, path));
    if (found === undefined) return `${path} is missing`;
    if (found !== bytes) return `${path} has ${found} bytes`;
  }
  return existsSync(dir) ? undefined : `${dir} is missing`;
}

/** What the marker of an install's folder says; undefined if there is none, or half of one. */
export const readMarker = (folder: string): Marker | undefined =>
  readJsonObject(join(folder, MARKER)) as Marker | undefined;

/** Marks an install as whole. */
export function writeMarker(folder: string, marker: Pick<Marker, 'version' | 'kind' | 'by'>): void {
  const files: Record<string, number> = {};
  for (const path of readdirSync(folder, { recursive: true }) as string[]) {
    const size = sizeOf(join(folder, path));
    if (size !== undefined && path !== MARKER) files[path.replaceAll('\\', '/')] = size;
  }
  const now = Date.now();
  write(folder, { ...marker, files, installed: now, chosen: now });
}

/** Makes an install the one to use. */
export function chooseInstall(dir: string): void {
  const marker = readMarker(dirname(dir));
  if (marker) write(dirname(dir), { ...marker, chosen: Date.now() });
}

const write = (folder: string, marker: Marker): void => writeJson(join(folder, MARKER), marker);

/** Bytes of a file; undefined for anything else. */
function sizeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const order = ({ kind }: TensorFlowPlace) => (kind === 'cuda' ? 1 : 0);

/** As the install's marker says; the name of the folder if there is none. */
const versionOf = (dir: string): string => readMarker(dirname(resolve(dir)))?.version ?? basename(dir);

const isCuda = (dir: string): boolean => existsSync(join(dir, '..', 'nvidia'));

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) if (x![i] !== y![i]) return x![i]! - y![i]!;
  return 0;
}
