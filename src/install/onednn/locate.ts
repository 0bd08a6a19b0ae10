import { join } from 'node:path';
import { cacheFolder } from '../../base/folders.ts';
import { readMarker } from '../tensorflow/locate.ts';

/** An installed oneDNN. */
export interface OneDnnPlace {
  /** The folder that holds the library. */
  dir: string;
  /** Of the wheel; undefined if FACECOM_ONEDNN_DIR names another build. */
  version?: string;
}

/** The release that the engine is tested with: oneDNN 3.2, as its wheels count. */
export const ONEDNN_VERSION = '2023.2.0';

/** Where installs lie: `<version>/lib`. */
export const oneDnnFolder = (): string => join(cacheFolder(), 'onednn');

/** The oneDNN to use: the folder that FACECOM_ONEDNN_DIR names, else the one that was set up. Undefined if there is none. */
export function locateOneDnn(): OneDnnPlace | undefined {
  const named = process.env.FACECOM_ONEDNN_DIR;
  if (named) return { dir: named };
  const folder = join(oneDnnFolder(), ONEDNN_VERSION);
  return readMarker(folder) ? { dir: join(folder, 'lib'), version: ONEDNN_VERSION } : undefined;
}
