import { conditions } from '../pixels/index.ts';

/** The names that FaceCom gives to distorted versions of a picture, and `facecom data corrupt` after it. */
const suffix = new RegExp(`_(?:${conditions.map((condition) => condition.suffix).join('|')})$`, 'i');
const numbered = /^(.+?) ?\((\d+)\)$/;

/**
 * For each file name the group of the versions of one photograph: `<stem>`, `<stem>_foggy` (and the other six) and
 * `<stem> (1)` … `<stem> (7)`, beside it or in a folder `distortion/` or `distorted/`. Stems numbered beyond seven are taken for
 * photographs of their own, numbered by a file manager.
 */
export function versionGroups(filenames: readonly string[]): string[] {
  const parts = filenames.map((filename) => {
    const folders = filename.split(/[\\/]/);
    const stem = folders.pop()!.replace(/\.[^.]+$/, '');
    const folder = folders.filter((name) => !/^(?:distortion|distorted)s?$/i.test(name)).join('/');
    const match = numbered.exec(stem);
    return { folder, stem, base: match?.[1], number: match ? Number(match[2]) : 0 };
  });
  const highest = new Map<string, number>();
  for (const { folder, base, number } of parts)
    if (base !== undefined) {
      const key = `${folder}/${base}`;
      highest.set(key, Math.max(highest.get(key) ?? 0, number));
    }
  return parts.map(({ folder, stem, base }) => {
    const version = base !== undefined && highest.get(`${folder}/${base}`)! <= 7;
    return `versions ${folder}/${version ? base : stem.replace(suffix, '')}`;
  });
}
