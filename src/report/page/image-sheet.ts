import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics } from '../../record/index.ts';
import { Html, html } from './html.ts';

/** Images of one file, which the page holds once. */
export interface Sheet {
  /** For the page, once. */
  style: Html;
  /** An image by its name; undefined if the sheet does not have it. */
  tile(name: string): Html | undefined;
}

const LARGEST = 3 << 20; // bytes

/** The images of a run's mistakes. Undefined if there are none, or none that can be read. `id` is unique on the page. */
export function readSheet(runDir: string, { sheet }: Diagnostics, id = 'sheet'): Sheet | undefined {
  if (!sheet) return undefined;
  const bytes = readImage(join(runDir, 'artifacts', sheet.file));
  if (!bytes) return undefined;
  const { tile, columns } = sheet;
  const places = new Map(sheet.names.map((name, i) => [name, i]));
  const side = 64;
  const rows = Math.ceil(sheet.names.length / columns);
  const style = new Html(
    `<style>.${id} { background-image: url(data:image/jpeg;base64,${bytes.toString('base64')}); background-size: ${columns * side}px ${rows * side}px; }</style>`,
  );
  return {
    style,
    tile: (name) => {
      const at = places.get(name);
      if (at === undefined || tile <= 0) return undefined;
      const [x, y] = [(at % columns) * side, Math.floor(at / columns) * side];
      return html`<span class="tile ${id}" role="img" aria-label="${name}" title="${name}" style="background-position:-${x}px -${y}px"></span>`;
    },
  };
}

/** A JPEG of a size that a page can hold. */
function readImage(file: string): Buffer | undefined {
  try {
    if (statSync(file).size > LARGEST) return undefined;
    const bytes = readFileSync(file);
    return bytes[0] === 0xff && bytes[1] === 0xd8 ? bytes : undefined;
  } catch {
    return undefined;
  }
}
