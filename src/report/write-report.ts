import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { makeFolder, writeAside } from '../base/files.ts';
import { isRunFolder, readDiagnostics, readRun } from '../record/index.ts';
import { objectiveChart } from './charts/objective-chart.ts';
import type { Comparison, Side } from './compare/compare.ts';
import { overlaidMetrics } from './compare/overlaid-metrics.ts';
import { drawRunPage, drawSweepPage } from './draw-page.ts';
import { comparePage } from './page/compare-page.ts';
import { readSheet } from './page/image-sheet.ts';
import { runPage } from './page/run-page.ts';
import { sweepPage } from './page/sweep-page.ts';
import { readSweep, type SweepRecord, thinnedSweep } from './trials/read-sweep.ts';
import { draw, saveChart, type WriteOptions, writeCharts } from './write-charts.ts';

export interface WrittenReport {
  /** The page. */
  report: string;
  /** Charts, as paths. */
  charts: string[];
}

/** Where a run's page lies unless it is asked for elsewhere: among its artifacts, with which MLflow gets it. */
export const runReport = (runDir: string): string => join(runDir, 'artifacts', 'report.html');
export const sweepReport = (sweepDir: string): string => join(sweepDir, 'report.html');

/**
 * Writes a run's page, `artifacts/report.html` in its folder unless `out` says otherwise, and its charts. Throws FacecomError
 * `report-not-written`.
 */
export async function writeRunReport(
  runDir: string,
  options: WriteOptions & { out?: string },
): Promise<WrittenReport> {
  const { files, charts } = await writeCharts(runDir, options);
  const report = options.out ?? runReport(runDir);
  // Read now: the charts are among the artifacts.
  const run = readRun(runDir);
  const drawn = await drawRunPage(run, options, charts.confusion);
  const link = (path: string) => linkTo(report, join(runDir, path));
  writePage(report, await runPage(run, drawn, { link }));
  return { report, charts: files.map((file) => join(runDir, file)) };
}

/**
 * Writes a sweep's page, `report.html` in its folder unless `out` says otherwise, and its chart, `objective.{svg,png,json}` in its
 * folder. Throws FacecomError `report-not-written`.
 */
export async function writeSweepReport(
  sweepDir: string,
  options: WriteOptions & { out?: string },
): Promise<WrittenReport & { sweep: SweepRecord }> {
  const sweep = readSweep(sweepDir);
  const chart = await draw('objective', objectiveChart(thinnedSweep(sweep)), options.note);
  const charts = chart ? await saveChart(sweepDir, 'objective', chart, 'objective.json', options.note) : [];
  const report = options.out ?? sweepReport(sweepDir);
  const drawn = await drawSweepPage(sweep, options);
  writePage(
    report,
    await sweepPage(sweep, drawn, { link: (folder) => linkTo(report, runPageOf(sweepDir, folder)) }),
  );
  return { report, charts: charts.map((file) => join(sweepDir, file)), sweep };
}

/**
 * The charts and the page of a run, or of a sweep, that has ended. What cannot be drawn or written is a note: what has finished stays
 * finished.
 */
export async function concludeReport(dir: string, options: WriteOptions): Promise<void> {
  try {
    await (isRunFolder(dir) ? writeRunReport : writeSweepReport)(dir, options);
  } catch (error) {
    const found = error instanceof FacecomError ? error.found : undefined;
    options.note(`The report was not written: ${found ?? (error as Error).message}`);
  }
}

/** The page of a comparison. Throws FacecomError `report-not-written`. */
export async function writeComparison(
  comparison: Comparison,
  sides: readonly Side[],
  options: WriteOptions & { out: string },
): Promise<string> {
  const curves = [];
  for (const { title, spec } of overlaidMetrics(sides))
    curves.push({ title, chart: await draw(title, spec, options.note) });
  const sheets = sides.map(({ runs }, i) =>
    readSheet(runs[0]!.dir, readDiagnostics(runs[0]!.dir), `sheet${i}`),
  );
  writePage(options.out, await comparePage(comparison, { curves, sheets }));
  return options.out;
}

/** A run's page if there is one, else its folder. */
function runPageOf(sweepDir: string, folder: string): string {
  const page = runReport(join(sweepDir, folder));
  return existsSync(page) ? page : `${join(sweepDir, folder)}${sep}`;
}

/** The text of a page that is served, and follows its server: `version` changes with the record. */
export async function livePage(
  { kind, dir }: { kind: 'run' | 'sweep'; dir: string },
  { version, note }: WriteOptions & { version: string },
): Promise<string> {
  if (kind === 'run') {
    const run = readRun(dir);
    return runPage(run, await drawRunPage(run, { note }), { version });
  }
  const sweep = readSweep(dir);
  return sweepPage(sweep, await drawSweepPage(sweep, { note }), { version });
}

/** The way from a page to a file or a folder, as a link. */
function linkTo(page: string, target: string): string {
  const way = relative(dirname(resolve(page)), resolve(target))
    .split(sep)
    .map(encodeURIComponent)
    .join('/');
  const folder = target.endsWith(sep) ? '/' : '';
  const start = way.startsWith('..') ? '' : './';
  return `${start}${way.replaceAll('%2E', '.')}${folder}`;
}

function writePage(file: string, text: string): void {
  try {
    makeFolder(dirname(file));
    writeAside(file, text);
  } catch (error) {
    throw new FacecomError('report-not-written', `The report cannot be written to ${file}.`, {
      found: (error as Error).message,
      expected: 'a file in a folder that this user may write, on a disk with space left',
      remedy: 'Give another file with --out.',
      exitCode: 2,
      cause: error,
    });
  }
}
