import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { writeAside } from '../base/files.ts';
import { readRun } from '../record/index.ts';
import { objectiveChart } from './charts/objective-chart.ts';
import { runPage } from './page/run-page.ts';
import { sweepPage } from './page/sweep-page.ts';
import { readSweep, type SweepRecord } from './trials/read-sweep.ts';
import { draw, drawCharts, saveChart, saveCharts, type WriteOptions } from './write-charts.ts';

export interface WrittenReport {
  /** The page. */
  report: string;
  /** Charts, as paths. */
  charts: string[];
}

/**
 * Writes a run's page, `artifacts/report.html` in its folder unless `out` says otherwise, and its charts. Throws FacecomError
 * `report-not-written`.
 */
export async function writeRunReport(
  runDir: string,
  options: WriteOptions & { out?: string },
): Promise<WrittenReport> {
  const charts = await drawCharts(readRun(runDir), options);
  const files = await saveCharts(runDir, charts, options);
  const report = options.out ?? join(runDir, 'artifacts', 'report.html');
  // Read again: the charts are among the artifacts now.
  writePage(report, await runPage(readRun(runDir), charts, linksFrom(report, runDir)));
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
  const chart = await draw('objective', objectiveChart(sweep), options.note);
  const charts = chart ? await saveChart(sweepDir, 'objective', chart, 'objective.json', options.note) : [];
  const report = options.out ?? join(sweepDir, 'report.html');
  writePage(report, await sweepPage(sweep, chart, linksFrom(report, sweepDir)));
  return { report, charts: charts.map((file) => join(sweepDir, file)), sweep };
}

/** The way from the page's folder to another, as the start of a link. */
function linksFrom(report: string, folder: string): string {
  const way = relative(dirname(resolve(report)), resolve(folder))
    .split(sep)
    .map(encodeURIComponent)
    .join('/');
  return way === '' ? './' : `${way.replaceAll('%2E', '.')}/`;
}

function writePage(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
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
