import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { writeAside } from '../base/files.ts';
import { type RunRecord, readRun } from '../record/index.ts';
import { confusionChart } from './charts/confusion-chart.ts';
import { type Chart, render, toPng } from './charts/render.ts';
import { robustnessChart } from './charts/robustness-chart.ts';
import { trainingMetrics } from './charts/training-metrics.ts';
import { readConfusion } from './confusion.ts';
import { readRobustness } from './robustness.ts';

export interface WriteOptions {
  /** Told what could not be drawn, one line each. */
  note: (line: string) => void;
}

export interface RunCharts {
  training?: Chart;
  confusion?: Chart;
  robustness?: Chart;
}

/**
 * Draws a run's charts into its artifacts/: `training_metrics.{svg,png,json}`, the last being the Vega-Lite spec with its data, and
 * `confusion_gender.{svg,png}` with `confusion_gender.vl.json`, and `robustness.{svg,png}` if there are scores under conditions. What
 * cannot be drawn or written is a note. Returns the files, relative to the run folder.
 */
export async function writeCharts(
  runDir: string,
  options: WriteOptions,
): Promise<{ files: string[]; charts: RunCharts }> {
  try {
    const charts = await drawCharts(readRun(runDir), options);
    return { files: await saveCharts(runDir, charts, options), charts };
  } catch (error) {
    options.note(`The charts were not drawn: ${reason(error)}`);
    return { files: [], charts: {} };
  }
}

/** Draws the charts that the record has something for. */
async function drawCharts(run: RunRecord, { note }: WriteOptions): Promise<RunCharts> {
  const confusion = readConfusion(run.dir);
  const robustness = readRobustness(run.dir);
  return {
    training: await draw('training_metrics', trainingMetrics(run), note),
    confusion: await draw('confusion_gender', confusion && confusionChart(confusion, run.id), note),
    robustness: await draw('robustness', robustness && robustnessChart(robustness, run.id), note),
  };
}

export async function draw(
  name: string,
  spec: TopLevelSpec | undefined,
  note: (line: string) => void,
): Promise<Chart | undefined> {
  if (!spec) return undefined;
  try {
    return await render(spec);
  } catch (error) {
    note(`The chart ${name} was not drawn: ${reason(error)}`);
    return undefined;
  }
}

/** Writes the charts under artifacts/, each file aside and renamed. */
async function saveCharts(
  runDir: string,
  { training, confusion, robustness }: RunCharts,
  { note }: WriteOptions,
): Promise<string[]> {
  const files: string[] = [];
  const save = async (name: string, chart: Chart | undefined, spec: string) => {
    if (chart)
      files.push(
        ...(await saveChart(join(runDir, 'artifacts'), name, chart, spec, note)).map(
          (file) => `artifacts/${file}`,
        ),
      );
  };
  await save('training_metrics', training, 'training_metrics.json');
  // The name with .json alone is the matrix itself.
  await save('confusion_gender', confusion, 'confusion_gender.vl.json');
  await save('robustness', robustness, 'robustness.vl.json');
  return files;
}

/** Writes `name.svg`, `name.png` and the spec into a folder. Returns the names of the files that were written. */
export async function saveChart(
  folder: string,
  name: string,
  { spec, svg }: Chart,
  specFile: string,
  note: (line: string) => void,
): Promise<string[]> {
  const files: string[] = [];
  const save = async (file: string, content: () => string | Promise<Buffer>) => {
    try {
      makeArtifacts(folder);
      writeAside(join(folder, file), await content());
      files.push(file);
    } catch (error) {
      note(`${file} was not written: ${reason(error)}`);
    }
  };
  await save(`${name}.svg`, () => svg);
  await save(`${name}.png`, () => toPng(svg));
  await save(specFile, () => `${JSON.stringify(spec, null, 1)}\n`);
  return files;
}

/** One that is removed while its charts are drawn is not made anew. */
function makeArtifacts(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder);
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
