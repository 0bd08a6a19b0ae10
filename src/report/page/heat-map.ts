import { formatFixed } from '../../base/format.ts';
import { meanOf, type Robustness } from '../robustness.ts';
import { type Html, html } from './html.ts';

/** Condition × severity with the mean of each row and what is lost of the clean score, the darker the better. */
export function heatMap({ metric, clean, conditions, severities, values }: Robustness): Html {
  const all = meanOf(values.flat());
  const named = (name: string) => name.replaceAll('_', ' ');
  const cell = (value: number | undefined) => {
    if (value === undefined) return html`<td>–</td>`;
    const shade = Math.min(1, Math.max(0, value));
    const loss = clean
      ? `${value > clean ? '+' : '−'}${Math.abs(100 * (1 - value / clean)).toFixed(0)} %`
      : '';
    return html`<td class="${shade > 0.55 ? 'dark' : 'light'}" style="background:${colour(shade)}">${formatFixed(value)}${loss !== '' && html`<small>${loss}</small>`}</td>`;
  };
  return html`<p class="muted">${named(metric)} of test images under bad conditions: ${
    clean !== undefined && `clean ${formatFixed(clean)}, `
  }mean ${formatFixed(all)}</p><div class="scroll"><table class="heat"><thead><tr><th scope="col">severity</th>${severities.map(
    (severity) => html`<th scope="col">${severity}</th>`,
  )}<th scope="col">mean</th></tr></thead><tbody>${conditions.map(
    (name, i) =>
      html`<tr><th scope="row">${named(name)}</th>${severities.map((_, k) => cell(values[i]![k]))}${cell(meanOf(values[i]!))}</tr>`,
  )}</tbody></table></div>`;
}

/** Between the ends of the charts' scale. */
function colour(share: number): string {
  const mix = (from: number, to: number) => Math.round(from + share * (to - from));
  return `rgb(${mix(237, 11)},${mix(243, 92)},${mix(248, 146)})`;
}
