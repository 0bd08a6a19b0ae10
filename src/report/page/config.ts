import { leaves } from '../../base/objects.ts';
import { type Origins, originText, type RecordedConfig } from '../../record/index.ts';
import { breakable, type Html, html, plain } from './html.ts';

/** Every value of the config and where it came from; those that someone chose come first. */
export function configTable(config: RecordedConfig, origins: Origins): Html {
  const rows = [...leaves(config)].map(([path, value]) => ({
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
      html`<tr><th scope="row" class="mono">${breakable(path)}</th><td class="mono value">${plain(value)}</td><td class="muted">${origin}</td></tr>`,
  )}</tbody></table></div>`;
}

/** In words; the origin of a list's or an object's key counts for what is within it. */
function originOf(origins: Origins, path: string): string {
  for (let key = path; key !== ''; key = key.slice(0, Math.max(0, key.lastIndexOf('.'))))
    if (Object.hasOwn(origins, key)) return originText(origins[key]);
  return '';
}
