import { conditions } from '../pixels/index.ts';

/** The names that FaceCom gives to distorted versions of an image, and `facecom data corrupt` after it. */
const suffixes = new Map(conditions.map(({ suffix, name }) => [suffix, name]));
const suffix = new RegExp(`_(${[...suffixes.keys()].join('|')})$`, 'i');
const numbered = /^(.+?) ?\((\d+)\)$/;
const distortedFolder = /^(?:distortion|distorted)s?$/i;
const cleanFolder = /^clean$/i;

/** Whether a folder's name says that it holds versions of the images beside it, not an identity. */
export const isVersionFolder = (name: string): boolean =>
  distortedFolder.test(name) || cleanFolder.test(name);

/** Name of a condition if a version's own name does not tell it. */
export const unnamedCondition = 'distorted';

export interface Version {
  /** Images that share one are versions of one photograph. */
  groups: string[];
  /** Condition by its name or `distorted`; undefined for a clean image. */
  condition: string | undefined;
  /** Name of the photograph without extension and what marks a version. */
  stem: string;
}

/**
 * For each file name which photograph it is a version of: `<stem>`, `<stem>_foggy` (and the other conditions) and `<stem> (1)` …
 * `<stem> (7)`, beside it or in a folder `distortion/`, `distorted/` or `clean/`. Stems numbered beyond seven are taken for photographs
 * of their own, numbered by a file manager. A distorted image whose name leads to none belongs to all of its folder.
 */
export function versionsOf(filenames: readonly string[]): Version[] {
  const parts = filenames.map((filename) => {
    const folders = filename.split(/[\\/]/);
    const whole = folders
      .pop()!
      .replace(/\.[^.]+$/, '')
      .normalize('NFC');
    const folder = folders
      .filter((name) => !isVersionFolder(name))
      .join('/')
      .normalize('NFC');
    const inside = folders.some((name) => distortedFolder.test(name));
    const match = numbered.exec(whole);
    return { folder, whole, inside, base: match?.[1], number: match ? Number(match[2]) : 0 };
  });
  const highest = new Map<string, number>();
  for (const { folder, base, number } of parts)
    if (base !== undefined) {
      const key = `${folder}/${base}`;
      highest.set(key, Math.max(highest.get(key) ?? 0, number));
    }
  const versions = parts.map(({ folder, whole, inside, base }) => {
    const isNumbered = base !== undefined && highest.get(`${folder}/${base}`)! <= 7;
    const named = suffix.exec(whole)?.[1]?.toLowerCase();
    const stem = isNumbered ? base : whole.replace(suffix, '');
    const condition = named ? suffixes.get(named) : isNumbered || inside ? unnamedCondition : undefined;
    return { folder, stem, condition, group: `versions ${folder}/${stem}` };
  });
  const clean = new Set(versions.filter((one) => one.condition === undefined).map((one) => one.group));
  const mixed = new Set(
    versions
      .filter((one, i) => parts[i]!.inside && !clean.has(one.group) && one.condition === unnamedCondition)
      .map((one) => one.folder),
  );
  return versions.map(({ folder, stem, condition, group }) => ({
    stem,
    condition,
    groups: mixed.has(folder) ? [group, `versions ${folder}/*`] : [group],
  }));
}
