import { flatten } from '../flatten.ts';
import { isObject, type Json } from '../read-run.ts';
import { type Html, html, plain } from './html.ts';

/** Every value of the config and where it came from; those that someone chose come first. */
export function configTable(config: Json, origins: Json): Html {
  const rows = [...flatten(config)].map(([path, value]) => ({
    path,
    value,
    origin: originOf(origins, path),
  }));
  if (rows.length === 0) return html`<p class="muted">No config was recorded.</p>`;
  const chosen = rows.filter(({ origin }) => origin !== 'default');
  const defaults = rows.filter(({ origin }) => origin === 'default');
  return html`${chosen.length > 0 && table(chosen)}${
    defaults.length > 0 &&
    html`<details><summary>${defaults.length} defaults</summary>${table(defaults)}</details>`
  }`;
}

function table(rows: { path: string; value: unknown; origin: string }[]): Html {
  return html`<div class="scroll"><table><thead><tr><th scope="col">key</th><th scope="col">value</th><th scope="col">from</th></tr></thead><tbody>${rows.map(
    ({ path, value, origin }) =>
      html`<tr><th scope="row" class="mono">${path}</th><td class="mono">${plain(value)}</td><td class="muted">${origin}</td></tr>`,
  )}</tbody></table></div>`;
}

/** In words; the origin of a list's or an object's key counts for what is within it. */
function originOf(origins: Json, path: string): string {
  for (let key = path; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf('.')))) {
    const origin = origins[key];
    if (isObject(origin)) return describe(origin);
  }
  return '';
}

function describe(origin: Json): string {
  const place =
    origin.file === undefined
      ? ''
      : [origin.file, origin.line, origin.column]
          .filter((part) => part !== undefined)
          .map(plain)
          .join(':');
  if (origin.kind === 'file') return place;
  if (origin.kind === 'flag') return `--set ${plain(origin.flag)}`;
  if (origin.kind === 'axis') return `sweep${place && `, ${place}`}`;
  if (origin.kind === 'retry') return `changed after ${plain(origin.class)}, from ${plain(origin.from)}`;
  return plain(origin.kind);
}
