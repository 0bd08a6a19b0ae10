import { FAMILY, type Faces } from '../charts/font.ts';
import { ink, inTheDark } from '../charts/theme.ts';

/** The page's style: light and dark, with its typeface inside. */
export function style({ regular, bold }: Faces): string {
  return `${face(regular.woff2, 400)}${face(bold.woff2, 600)}
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --text: ${ink.text}; --muted: ${ink.muted}; --line: #dfe3e8; --accent: #0b5c92;
  --good: #0a6b4b; --good-ground: #dff3ea; --bad: #b3261e; --bad-ground: #fbe4e2; --busy: #7a5200; --busy-ground: #fbf0d4;
  --mark: #fff6dd;
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 28px 20px 64px; background: var(--ground); color: var(--text);
  font: 14px/1.5 ${FAMILY}, system-ui, sans-serif;
}
main { max-width: 1320px; margin: 0 auto; }
header { margin: 0 0 20px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 6px; font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 12px; font-weight: 600; }
p { margin: 0 0 8px; }
.muted { color: var(--muted); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 0 0 16px; }
.row { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(360px, 100%), 1fr)); }
.row > .card { margin: 0; }
.row { margin: 0 0 16px; }
.scroll { overflow-x: auto; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 99px; font-weight: 600; font-size: 12.5px; white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.busy { color: var(--busy); background: var(--busy-ground); }
.figures { display: flex; flex-wrap: wrap; gap: 10px 36px; margin: 16px 0 0; }
.figures div span { display: block; color: var(--muted); font-size: 12.5px; }
.figures div strong { font-size: 22px; font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; overflow-wrap: break-word; }
th { font-weight: 600; font-size: 12.5px; color: var(--muted); white-space: nowrap; }
tbody th { color: var(--text); font-weight: 400; font-size: 14px; white-space: normal; }
tr:last-child > * { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.best > * { background: var(--mark); }
td.value, table.facts td { overflow-wrap: anywhere; min-width: 12ch; }
code, pre, .mono { font: 12.5px/1.5 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; }
pre { overflow: auto; max-height: 480px; margin: 8px 0 0; padding: 12px; background: var(--ground); border-radius: 6px; }
details > summary { cursor: pointer; font-weight: 600; }
details[open] > summary { margin-bottom: 10px; }
a { color: var(--accent); }
a:not([href]) { color: inherit; }
svg.chart { display: block; max-width: 100%; height: auto; }
.whole svg.chart { max-width: none; }
.charts { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); align-items: start; }
.charts figure { margin: 0; min-width: 0; }
.lead { font-size: 17px; max-width: 80ch; }
table.sortable td, table.sortable th { white-space: nowrap; }
table.sortable td.wrap { white-space: normal; min-width: 24ch; overflow-wrap: anywhere; vertical-align: top; }
button.sort { all: unset; cursor: pointer; font: inherit; color: inherit; }
button.sort::after { content: ' ⇅'; opacity: 0.45; }
th[aria-sort='ascending'] > button.sort::after { content: ' ↑'; opacity: 1; }
th[aria-sort='descending'] > button.sort::after { content: ' ↓'; opacity: 1; }
button.sort:focus-visible, input:focus-visible, summary:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
input.filter { font: inherit; padding: 5px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); color: var(--text); width: min(320px, 100%); margin: 0 10px 10px 0; }
.bar { display: inline-block; height: 10px; border-radius: 3px; background: var(--accent); vertical-align: baseline; min-width: 1px; }
.heat th { text-align: center; }
.heat tr > th:first-child { text-align: left; white-space: nowrap; }
.heat td { text-align: center; padding: 8px 6px; border: 2px solid var(--card); font-variant-numeric: tabular-nums; white-space: nowrap; }
.heat td small { display: block; font-size: 10.5px; opacity: 0.85; }
.heat td.dark { color: #fdfeff; }
.heat td.light { color: #16202b; }
.tiles { display: flex; flex-wrap: wrap; gap: 6px; }
.tile { display: inline-block; width: 64px; height: 64px; border-radius: 5px; background-repeat: no-repeat; background-color: var(--line); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
figure.face { margin: 0; width: 92px; font-size: 11px; line-height: 1.3; overflow-wrap: anywhere; }
figure.face figcaption { color: var(--muted); }
.pairs { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(270px, 100%), 1fr)); }
.pair { display: flex; gap: 8px; align-items: flex-start; font-size: 12px; overflow-wrap: anywhere; }
.pair > div { min-width: 0; }
#live { position: fixed; right: 12px; top: 12px; margin: 0; }
tbody tr[hidden] { display: none; }
@media (max-width: 600px) {
  body { padding: 14px 10px 40px; }
  .card { padding: 14px 12px; }
  h1 { font-size: 21px; }
  .figures { gap: 8px 22px; }
  .figures div strong { font-size: 18px; }
  table.sortable td:first-child:not(.n, .mono) { white-space: normal; }
  th, td { padding-right: 10px; }
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1216; --card: #171b21; --text: #e6e9ed; --muted: #9aa4af; --line: #2b323a; --accent: #6db7ea;
    --good: #6fd6ac; --good-ground: #123528; --bad: #ff9a92; --bad-ground: #431a18; --busy: #f0c767; --busy-ground: #3d2f0d;
    --mark: #2c2816;
  }
  ${darkChart}
}
@page { margin: 12mm; }
@media print {
  :root { color-scheme: light; }
  body { background: #fff; padding: 0; font-size: 11px; }
  h2, h3, h2 + p { break-after: avoid; }
  figure, tr, .pair { break-inside: avoid; }
  .scroll, pre { overflow: visible; max-height: none; }
  .scroll th, .scroll td, table.sortable th, table.sortable td { white-space: normal; font-size: inherit; padding: 3px 4px; }
  .scroll td:not(.n), table.many th, table.many td { overflow-wrap: anywhere; }
  .card { padding: 10px 12px; }
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  table.many { font-size: 8px; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .whole svg.chart { max-width: 100%; }
  input.filter, input.filter + span, #live { display: none; }
  button.sort::after { content: ''; }
  a { color: inherit; text-decoration: none; }
}
`;
}

const face = (woff2: Buffer, weight: number): string =>
  `@font-face { font-family: ${FAMILY}; font-weight: ${weight}; src: url(data:font/woff2;base64,${woff2.toString('base64')}) format('woff2'); }\n`;

const darkChart = Object.entries(inTheDark)
  .map(
    ([light, dark]) =>
      `svg.chart [fill="${light}"] { fill: ${dark}; } svg.chart [stroke="${light}"] { stroke: ${dark}; }`,
  )
  .join('\n  ');
