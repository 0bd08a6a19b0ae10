import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A name as it is compared: in Unicode's form NFC, without space around it. */
export const canonical = (name: string): string => name.normalize('NFC').trim();

/** What names are alike by that a reader might take for the same: letter case, Unicode form, spaces, slashes. */
export const alike = (name: string): string =>
  canonical(name).toLowerCase().replaceAll('\\', '/').replace(/\s+/g, ' ');

const stem = (name: string): string => name.replace(/\.[a-z0-9]{1,5}$/, '');

/** Lists folders once for any number of look-ups. */
export class NearNames {
  private readonly lists = new Map<string, Promise<string[]>>();

  /** The file that is there under the same name in another Unicode form. */
  async same(file: string): Promise<string | undefined> {
    const wanted = canonical(basename(file));
    const name = (await this.list(dirname(file))).find((other) => canonical(other) === wanted);
    return name === undefined ? undefined : join(dirname(file), name);
  }

  /** The name of a file that is there and differs in what is easily overlooked, such as letter case, or in its extension alone. */
  async near(folder: string, name: string): Promise<string | undefined> {
    const parts = name.replaceAll('\\', '/').split('/');
    const found: string[] = [];
    for (const part of parts) {
      const names = await this.list(join(folder, ...found));
      const isLast = found.length === parts.length - 1;
      const match =
        names.find((other) => alike(other) === alike(part)) ??
        (isLast ? names.find((other) => stem(alike(other)) === stem(alike(part))) : undefined);
      if (match === undefined) return undefined;
      found.push(match);
    }
    return found.join('/');
  }

  private list(folder: string): Promise<string[]> {
    let names = this.lists.get(folder);
    if (!names) {
      names = readdir(folder).catch(() => []);
      this.lists.set(folder, names);
    }
    return names;
  }
}
