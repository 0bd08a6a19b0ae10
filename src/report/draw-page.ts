import type { TopLevelSpec } from 'vega-lite';
import { type RunRecord, readDiagnostics } from '../record/index.ts';
import { calibrationChart } from './charts/calibration-chart.ts';
import { confusionChart } from './charts/confusion-chart.ts';
import { frontChart } from './charts/front-chart.ts';
import { objectivePanels } from './charts/objective-chart.ts';
import { overlayChart } from './charts/overlay-chart.ts';
import { parallelChart } from './charts/parallel-chart.ts';
import type { Chart } from './charts/render.ts';
import { detChart, rocChart } from './charts/roc-charts.ts';
import { simplexCharts } from './charts/simplex-charts.ts';
import { trainingPanels } from './charts/training-metrics.ts';
import { readConfusion } from './confusion.ts';
import { overlaidObjective } from './trials/overlaid.ts';
import { tradedOff } from './trials/point-metrics.ts';
import { type SweepRecord, thinnedSweep } from './trials/read-sweep.ts';
import { draw, type WriteOptions } from './write-charts.ts';

/** A chart that was drawn, with what a reader who does not see it is told. */
export interface PageChart {
  title: string;
  chart: Chart | undefined;
}

export interface RunPageCharts {
  training?: PageChart[];
  /** What is to be said of the curves. */
  subtitle?: string;
  confusion?: Chart | undefined;
  verification?: PageChart[];
  calibration?: PageChart[];
}

interface Planned {
  title: string;
  spec: TopLevelSpec | undefined;
}

async function drawAll(planned: readonly Planned[], { note }: WriteOptions): Promise<PageChart[]> {
  const drawn: PageChart[] = [];
  for (const { title, spec } of planned) drawn.push({ title, chart: await draw(title, spec, note) });
  return drawn;
}

/** The charts of a run's page. */
export async function drawRunPage(
  run: RunRecord,
  options: WriteOptions,
  confusion?: Chart,
): Promise<RunPageCharts> {
  const training = trainingPanels(run);
  const { verification, gender, calibration = {} } = readDiagnostics(run.dir);
  const matrix = readConfusion(run.dir);
  return {
    training: await drawAll(training?.panels ?? [], options),
    ...(training?.subtitle ? { subtitle: training.subtitle } : {}),
    confusion: confusion ?? (await draw('confusion', matrix && confusionChart(matrix, run.id), options.note)),
    verification: await drawAll(
      verification
        ? [
            {
              title: 'ROC curve of verification',
              spec: rocChart(verification, {
                title: 'Verification, ROC',
                share: ['false accept rate', 'true accept rate'],
              }),
            },
            {
              title: 'DET curve of verification',
              spec: detChart(verification, { title: 'Verification, DET' }),
            },
          ]
        : [],
      options,
    ),
    calibration: await drawAll(
      [
        ...(gender
          ? [
              {
                title: 'ROC curve of gender',
                spec: rocChart(gender, {
                  title: 'Gender, ROC of Female',
                  share: ['share of male taken for female', 'share of female found'],
                }),
              },
            ]
          : []),
        ...(['gender', 'identity'] as const).flatMap((task) => {
          const bins = calibration[task];
          return bins && bins.length > 0
            ? [{ title: `Calibration of ${task}`, spec: calibrationChart(bins, task) }]
            : [];
        }),
      ],
      options,
    ),
  };
}

export interface SweepPageCharts {
  axes: PageChart[];
  simplex: PageChart[];
  tradeOff: PageChart[];
  curves: PageChart[];
  parallel: Chart | undefined;
}

/** The charts of a sweep's page. */
export async function drawSweepPage(whole: SweepRecord, options: WriteOptions): Promise<SweepPageCharts> {
  const sweep = thinnedSweep(whole);
  const pair = tradedOff(sweep);
  const overlaid = overlaidObjective(sweep);
  return {
    axes: await drawAll(objectivePanels(sweep), options),
    simplex: await drawAll(simplexCharts(sweep), options),
    tradeOff: await drawAll(
      pair
        ? [{ title: `${pair[0].metric} against ${pair[1].metric}`, spec: frontChart(sweep.points, pair) }]
        : [],
      options,
    ),
    curves: await drawAll(
      overlaid ? [{ title: overlaid.title, spec: overlayChart(overlaid.curves, overlaid) }] : [],
      options,
    ),
    parallel: await draw('parallel coordinates', parallelChart(sweep), options.note),
  };
}
