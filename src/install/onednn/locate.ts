import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../base/folders.ts';

/** An installed oneDNN. */
export interface OneDnnPlace {
  /** The folder that holds the library. */
  dir: string;
}

/** Where installs lie, by version. */
export const oneDnnFolder = (): string => join(cacheFolder(), 'onednn');

/** The oneDNN to use: the folder that FACECOM_ONEDNN_DIR names, else the one that was set up. Undefined where there is none. */
export function locateOneDnn(): OneDnnPlace | undefined {
  const named = process.env.FACECOM_ONEDNN_DIR;
  if (named) return { dir: named };
  const dir = join(oneDnnFolder(), 'lib');
  return existsSync(dir) ? { dir } : undefined;
}
