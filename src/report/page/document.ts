import { createHash } from 'node:crypto';
import { loadFaces } from '../charts/font.ts';
import type { Chart } from '../charts/render.ts';
import { Html, html } from './html.ts';
import { linkScript, liveScript, tableScript } from './script.ts';
import { style } from './style.ts';

/** Nothing is loaded, and nothing is run but the scripts of the page that are known by their hashes. */
function policy(scripts: readonly string[], live: boolean): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    ...(hashes.length > 0 ? [`script-src ${hashes.join(' ')}`] : []),
    ...(live ? ["connect-src 'self'"] : []),
  ].join('; ');
}

export interface PageOptions {
  /** Changes with the content: the page is served, and follows its server. */
  version?: string | undefined;
}

/** A whole page in one file that requests nothing. A script is in it only if there is a table to sort, a file to open, or a server to follow. */
export async function page(title: string, body: Html, { version }: PageOptions = {}): Promise<string> {
  const css = new Html(style(await loadFaces()));
  const live = version !== undefined;
  const scripts = [
    ...(body.text.includes('class="sortable') ? [tableScript] : []),
    ...(body.text.includes(UNLINKED) ? [linkScript] : []),
    ...(live ? [liveScript] : []),
  ];
  return html`<!doctype html>
<html lang="en"${live && html` data-version="${version}"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy(scripts, live))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>
${css}</style>
</head>
<body>
${live && html`<p id="live" class="badge busy" role="status">live</p>`}
<main>
${body}
</main>
${scripts.map((script) => html`<script>${new Html(script)}</script>\n`)}</body>
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

/** Charts side by side as the width allows, with what is to be said of them; nothing without charts. */
export function chartsCard(
  title: string,
  charts: readonly { title: string; chart: Chart | undefined }[] = [],
  note?: Html | string,
): Html | undefined {
  const there = charts.filter(({ chart: drawn }) => drawn !== undefined);
  if (there.length === 0) return undefined;
  return card(
    title,
    html`${note !== undefined && html`<p class="muted">${note}</p>`}<div class="charts">${there.map(
      ({ title: label, chart: drawn }) => html`<figure>${chart(drawn!, label)}</figure>`,
    )}</div>`,
  );
}

/** One that is wider than a phone, and is scrolled there. */
export function wideChartCard(drawn: Chart, label: string): Html {
  return html`<section class="card"><div class="scroll whole" tabindex="0" role="region" aria-label="${label}">${chart(drawn, label)}</div></section>\n`;
}

/** A chart has its own title. */
export function chartCard(drawn: Chart, label: string): Html {
  return html`<section class="card"><div class="scroll">${chart(drawn, label)}</div></section>\n`;
}

const UNLINKED = 'class="muted unlinked"';

/** Stands beside links to files of the page's folder, and is shown where they cannot be opened. */
export const unlinked = (reason: string): Html =>
  html`<p ${new Html(UNLINKED)} hidden>This page is shown without its folder. ${reason}</p>`;

/** Rows of a name and its value. */
export function facts(rows: readonly (readonly [name: string, value: Html | string])[]): Html {
  return html`<div class="scroll"><table class="facts"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table></div>`;
}

const tones: Record<string, string> = { finished: 'good', failed: 'bad', stopped: 'busy' };

/** A label in the colour of a status. */
export function badge(text: string, status = text): Html {
  return html`<span class="badge ${tones[status] ?? 'busy'}">${text}</span>`;
}
