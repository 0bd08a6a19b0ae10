import type { Curves } from '../curves.ts';
import { PART_RATE } from '../learning-rates.ts';
import { palette, series as seriesColours } from './theme.ts';

export interface Line {
  metric: string;
  label: string;
  colour: string;
}

/** One image of a chart: lines that share an axis. */
export interface Panel {
  title: string;
  /** With its unit. */
  axis: string;
  lines: Line[];
  /** Values of 0 … 1, shown whole. */
  score?: boolean;
  /** The axis starts at zero. */
  zero?: boolean;
  /** The one with the best epoch written out. */
  judged?: boolean;
}

/** More panels than this are left out. */
export const MOST_PANELS = 12;

interface Kind {
  title: string;
  axis: string;
  score?: boolean;
  zero?: boolean;
  metrics: [metric: string, label: string, colour: string][];
}

/** The built-in trainer's, in the order of reading. */
const losses: Kind = {
  title: 'Loss',
  axis: 'mean loss of an epoch (nats)',
  metrics: [
    ['train/loss', 'training', palette.black],
    ['val/loss', 'validation', palette.green],
  ],
};
const taskLosses: Kind = {
  title: 'Loss of each task',
  axis: 'mean loss of an epoch (nats)',
  metrics: [
    ['train/gender_loss', 'gender, training', palette.yellow],
    ['val/gender_loss', 'gender', palette.orange],
    ['train/identity_loss', 'identity, training', palette.sky],
    ['val/identity_loss', 'identity', palette.blue],
  ],
};
const gender: Kind = {
  title: 'Gender',
  axis: 'validation score (0 to 1)',
  score: true,
  metrics: [
    ['val/gender_accuracy', 'accuracy', palette.orange],
    ['val/gender_f1', 'F1 of Female', palette.purple],
    ['train/gender_accuracy', 'accuracy, training', palette.yellow],
  ],
};
const identity: Kind = {
  title: 'Identity',
  axis: 'validation images (0 to 1)',
  score: true,
  metrics: [
    ['val/identity_top1', 'top-1', palette.blue],
    ['val/identity_top5', 'top-5', palette.sky],
    ['train/identity_top1', 'top-1, training', palette.black],
  ],
};
const rate: Kind = {
  title: 'Learning rate',
  axis: 'learning rate (per step)',
  zero: true,
  metrics: [['train/lr', 'learning rate', palette.green]],
};
const weights: Kind = {
  title: 'Loss weights',
  axis: 'weight of a task',
  zero: true,
  metrics: [
    ['train/alpha', 'alpha, gender', palette.orange],
    ['train/beta', 'beta, identity', palette.blue],
  ],
};
const speed: Kind = {
  title: 'Throughput',
  axis: 'training images a second (1/s)',
  zero: true,
  metrics: [['train/images_per_second', 'images a second', palette.yellow]],
};
const waiting: Kind = {
  title: 'Waiting for data',
  axis: 'share of the training time (0 to 1)',
  zero: true,
  metrics: [['train/waiting_for_data', 'waiting', palette.purple]],
};

/** With a line for each part of the model that has a rate of its own. */
function rateOf(byName: Curves['byName']): Kind {
  const parts = [...byName.keys()].filter((name) => name.startsWith(PART_RATE));
  if (parts.length === 0) return rate;
  const colours = seriesColours.filter((colour) => colour !== palette.green);
  const lines = parts
    .slice(0, colours.length)
    .map((name, i): Kind['metrics'][0] => [name, name.slice(PART_RATE.length), colours[i]!]);
  return { ...rate, metrics: [['train/lr', 'all others', palette.green], ...lines] };
}

/** Told by the tables, not by a curve of its own. */
const untold = new Set(['val/gender_precision', 'val/gender_recall', 'val/identity_macro_f1']);

/** What is there, in panels: the built-in trainer's six, then one for each other metric, training and validation together. */
export function panelsOf({ byName }: Curves, monitor: string): { panels: Panel[]; left: number } {
  const used = new Set(untold);
  const take = (kind: Kind): Panel[] => {
    const lines = kind.metrics
      .filter(([metric]) => byName.has(metric))
      .map(([metric, label, colour]) => ({ metric, label, colour }));
    for (const { metric } of lines) used.add(metric);
    const { title, axis, score, zero } = kind;
    return lines.length > 0 ? [{ title, axis, score, zero, lines }] : [];
  };
  const panels = [...take(losses), ...take(taskLosses), ...take(gender), ...take(identity)];
  panels.push(...judged(byName, monitor, panels, used));
  panels.push(...take(rateOf(byName)), ...take(weights), ...take(speed), ...take(waiting));
  const others = groupOthers([...byName.keys()].filter((name) => !used.has(name)));
  const shown = others.slice(0, Math.max(0, MOST_PANELS - panels.length));
  return { panels: [...panels, ...shown], left: others.length - shown.length };
}

/** The metric that the run is judged by, in its own panel unless it has been drawn. */
function judged(byName: Curves['byName'], monitor: string, panels: Panel[], used: Set<string>): Panel[] {
  const drawn = panels.find(({ lines }) => lines.some(({ metric }) => metric === monitor));
  if (drawn) drawn.judged = true;
  if (drawn || !byName.has(monitor)) return [];
  used.add(monitor);
  const combined = monitor === 'val/combined';
  return [
    {
      title: combined ? 'Combined score, validation' : monitor,
      axis: combined ? 'weighted score (0 to 1)' : monitor,
      score: combined,
      judged: true,
      lines: [{ metric: monitor, label: combined ? 'combined' : monitor, colour: palette.green }],
    },
  ];
}

/** `train/x` and `val/x` share a panel. */
function groupOthers(names: string[]): Panel[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const base = name.replace(/^(train|val|validation|valid|eval)\//, '');
    groups.set(base, [...(groups.get(base) ?? []), name]);
  }
  return [...groups].map(([base, members]) => ({
    title: base,
    axis: base,
    lines: members.slice(0, seriesColours.length).map((metric, i) => ({
      metric,
      label: metric,
      colour: seriesColours[i]!,
    })),
  }));
}
