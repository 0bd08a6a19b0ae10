import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Formats that are read, and others by whose names an image is meant, which are refused by their content. */
const pictures =
  /\.(?:jpe?g|jpe|jfif|png|webp|avif|gif|tiff?|bmp|dib|pgm|ppm|pbm|pnm|svgz?|hei[cf]|jxl|jp2|psd)$/i;

/** What file managers leave in folders. */
const junk = /^(?:\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

export const isPictureName = (name: string): boolean => pictures.test(name);

export interface Walk {
  /** Regular files whose name is an image's, sorted, relative to the folder, with `/`. Each real file once. */
  pictures: string[];
  /** Other regular files. */
  others: string[];
  /** Links to what lies outside the folder, and links to nothing. */
  outside: string[];
  /** Images by name that are no regular files: pipes, sockets, devices. */
  special: string[];
}

/** Lists a folder and those below it. Links are followed to files inside the folder only, and never round in a circle. */
export async function walk(folder: string, signal?: AbortSignal): Promise<Walk> {
  const root = await realpath(folder);
  const found: Walk = { pictures: [], others: [], outside: [], special: [] };
  const links: string[] = [];
  const visit = async (below: string): Promise<void> => {
    signal?.throwIfAborted();
    const entries = await readdir(join(root, below), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (junk.test(entry.name)) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(name);
      else if (entry.isSymbolicLink()) links.push(name);
      else if (entry.isFile()) (isPictureName(name) ? found.pictures : found.others).push(name);
      else if (isPictureName(name)) found.special.push(name);
    }
  };
  await visit('');
  const real = new Set(found.pictures);
  for (const name of links) {
    const target = await realpath(join(root, name)).catch(() => undefined);
    if (target === undefined || !`${target}${sep}`.startsWith(`${root}${sep}`)) {
      found.outside.push(name);
      continue;
    }
    const below = target
      .slice(root.length + 1)
      .split(sep)
      .join('/');
    const info = await stat(target);
    if (info.isDirectory() || real.has(below)) continue;
    if (info.isFile() && isPictureName(name)) {
      real.add(below);
      found.pictures.push(name);
    } else if (isPictureName(name)) found.special.push(name);
  }
  found.pictures.sort();
  return found;
}
