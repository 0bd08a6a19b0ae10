import { loadFaces } from '../charts/font.ts';
import type { Chart } from '../charts/render.ts';
import { Html, html } from './html.ts';
import { style } from './style.ts';

/** Nothing is loaded and nothing is run: the page is what the file holds. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/** A whole page in one file, without scripts and requests. */
export async function page(title: string, body: Html): Promise<string> {
  const css = new Html(style(await loadFaces()));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>
${css}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text;
}

/** A chart as a part of the page. */
function chart({ svg }: Chart, label: string): Html {
  const open = html`<svg class="chart" role="img" aria-label="${label}"`;
  return new Html(svg.replace(/^<svg/, () => open.text).replace(' class="marks"', ''));
}

export function card(title: string, body: Html): Html {
  return html`<section class="card"><h2>${title}</h2>${body}</section>\n`;
}

/** A chart has its own title. */
export function chartCard(drawn: Chart, label: string): Html {
  return html`<section class="card"><div class="scroll">${chart(drawn, label)}</div></section>\n`;
}

/** Rows of a name and its value. */
export function facts(rows: readonly (readonly [name: string, value: Html | string])[]): Html {
  return html`<div class="scroll"><table><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table></div>`;
}

const tones: Record<string, string> = { finished: 'good', failed: 'bad', stopped: 'busy' };

/** A label in the colour of a status. */
export function badge(text: string, status = text): Html {
  return html`<span class="badge ${tones[status] ?? 'busy'}">${text}</span>`;
}
