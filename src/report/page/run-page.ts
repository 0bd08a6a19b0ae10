import {
  formatBytes,
  formatDuration,
  formatFixed,
  formatNumber,
  formatScore,
  formatTime,
} from '../../base/format.ts';
import { quantile } from '../../base/statistics.ts';
import { isWithin, type RunRecord, readDiagnostics, readTestImages } from '../../record/index.ts';
import { bestPoint, curvesOf, monitorOf, type Point } from '../curves.ts';
import type { RunPageCharts } from '../draw-page.ts';
import { readRobustness } from '../robustness.ts';
import { configTable } from './config.ts';
import { badge, card, chartCard, chartsCard, facts, type PageOptions, page, unlinked } from './document.ts';
import { environmentFacts } from './environment.ts';
import { heatMap } from './heat-map.ts';
import { type Html, html, plain } from './html.ts';
import { readSheet } from './image-sheet.ts';
import { gendersCard, identitiesCard, pairsCard } from './mistakes.ts';
import { repeatCard } from './repeat.ts';
import { scoreTables } from './scores.ts';

export interface RunPageOptions extends PageOptions {
  /** The way from the page to a file of the run folder; undefined: it is not linked. */
  link?: ((path: string) => string) | undefined;
}

/** The page of one run: sections only where the record has something for them. */
export function runPage(
  run: RunRecord,
  charts: RunPageCharts,
  options: RunPageOptions = {},
): Promise<string> {
  const diagnostics = readDiagnostics(run.dir);
  const images = readTestImages(run.dir) ?? [];
  const sheet = readSheet(run.dir, diagnostics);
  const robustness = readRobustness(run.dir);
  return page(
    `${run.id} · facecom`,
    html`${sheet?.style}${header(run)}
${run.failure && card('Failure', facts(failureRows(run.failure)))}
${chartsCard('Curves', charts.training, charts.subtitle) ?? card('Curves', html`<p class="muted">No metric was recorded.</p>`)}
<div class="row">${card('Scores', scoreTables(run.scores))}${
      charts.confusion && chartCard(charts.confusion, 'Confusion matrix of gender')
    }</div>
${robustness && card('Conditions', heatMap(robustness))}
${chartsCard('Verification', charts.verification)}
${chartsCard('Gender: threshold and calibration of both tasks', charts.calibration)}
${identitiesCard(images, sheet)}
${pairsCard(diagnostics, sheet)}
${gendersCard(images, sheet)}
${run.warnings.length > 0 && card('Warnings', warnings(run))}
${repeatCard(run)}
<div class="row">${card('Environment', environmentFacts(run))}${card('Time', html`${facts(timings(run))}${states(run)}`)}</div>
${card('Config', configTable(run.config, run.origins))}
${card('Artifacts', artifacts(run, options.link))}`,
    options,
  );
}

function header(run: RunRecord): Html {
  const { metric, mode } = monitorOf(run);
  const best = bestPoint(curvesOf(run).byName.get(metric), mode);
  const figures: [string, string][] = [];
  if (best) figures.push([`best ${metric}`, formatScore(best.y)]);
  for (const name of ['test/combined', 'test/gender_accuracy', 'test/identity_top1'])
    if (run.scores[name] !== undefined) figures.push([name, formatScore(run.scores[name])]);
  figures.push(['time', formatDuration(seconds(run), { tenths: true })]);
  const description = plain(run.config.description);
  return html`<header><h1>${run.id} ${badge(run.status)}</h1>
${description !== '' && html`<p class="muted">${description}</p>`}
<div class="figures">${figures.map(([name, value]) => html`<div><span>${name}</span><strong>${value}</strong></div>`)}</div></header>`;
}

function failureRows(failure: NonNullable<RunRecord['failure']>): [string, string][] {
  return Object.entries(failure).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, plain(value)]],
  );
}

function warnings(run: RunRecord): Html {
  return facts(
    run.warnings.map(({ code, message, count }) => [
      plain(code),
      `${plain(message)}${count > 1 ? ` (${count} times)` : ''}`,
    ]),
  );
}

/** What the orchestrator measured, else what lies between the first and the last entry. */
function seconds({ seconds: measured, begun, ended }: RunRecord): number | undefined {
  if (measured !== undefined) return measured;
  return begun === undefined || ended === undefined ? undefined : (ended - begun) / 1000;
}

function timings(run: RunRecord): [string, string][] {
  const { byName } = curvesOf(run);
  const speed = medianOf(byName.get('train/images_per_second'));
  const waited = medianOf(byName.get('train/waiting_for_data'));
  const rows: [string, string][] = [
    ['begun', formatTime(run.begun)],
    ['ended', formatTime(run.ended)],
    ['trained for', formatDuration(seconds(run), { tenths: true })],
    ...waiting(run),
    ['starts', String(run.states.filter(({ state }) => state === 'started').length)],
  ];
  if (speed !== undefined) rows.push(['training images a second, median', formatNumber(speed)]);
  if (waited !== undefined)
    rows.push(['of an epoch waiting for data, median', `${formatFixed(100 * waited, 1)} %`]);
  for (const name of ['epochs', 'steps', 'ended'])
    if (run.summary[name] !== undefined)
      rows.push([name === 'ended' ? 'ended by' : name, plain(run.summary[name])]);
  return rows;
}

function medianOf(points: readonly Point[] = []): number | undefined {
  const finite = Float64Array.from(points.map(({ y }) => y).filter(Number.isFinite)).sort();
  return finite.length === 0 ? undefined : quantile(finite, 0.5);
}

/** What lies between the first and the last entry and was not spent in a start: in the queue, between retries, stopped. */
function waiting({ states, seconds: worked }: RunRecord): [string, string][] {
  const times = states.map(({ time }) => time).filter((time) => time > 0);
  const last = states.at(-1)?.state;
  if (times.length < 2 || worked === undefined || last === 'started') return [];
  const waited = (times.at(-1)! - times[0]!) / 1000 - worked;
  return waited < 0.1 ? [] : [['waited (queue, retries, stops)', formatDuration(waited, { tenths: true })]];
}

function states({ states }: RunRecord): Html | undefined {
  if (states.length === 0) return undefined;
  return html`<details><summary>${states.length} entries of state</summary>${facts(
    states.map((entry) => {
      const { time, state, ...rest } = entry;
      const more = Object.entries(rest).map(([name, value]) => `${name} ${plain(value)}`);
      return [formatTime(time), html`${plain(state)} <span class="muted">${more.join(', ')}</span>`];
    }),
  )}</details>`;
}

function artifacts(run: RunRecord, link: RunPageOptions['link']): Html {
  const rows = run.artifacts.map(({ path, kind, bytes: size }): [Html, string] => [
    html`${link && size !== undefined && isWithin(path) ? html`<a href="${link(path)}">${path}</a>` : path}`,
    [plain(kind), size === undefined ? 'missing' : formatBytes(size)].filter(Boolean).join(', '),
  ]);
  if (rows.length === 0) return html`<p class="muted">No artifacts were recorded.</p>`;
  return html`${link && unlinked('In MLflow the files are in the list beside it.')}<div class="scroll"><table><tbody>${rows.map(
    ([name, rest]) => html`<tr><td>${name}</td><td class="n muted">${rest}</td></tr>`,
  )}</tbody></table></div>`;
}
