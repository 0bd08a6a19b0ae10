import { formatDuration, formatFixed } from '../../base/format.ts';
import type { Event } from '../../record/index.ts';
import type { RunView } from './run-view.ts';

/** One line an epoch and one a change of stage, for logs and pipes. */
export function lineView(): RunView {
  const write = (line: string) => process.stderr.write(`${line}\n`);
  let stage: string | undefined;
  return {
    event: (event) => {
      if (event.type === 'progress' && event.stage !== undefined && stageLine(event.stage) !== stage) {
        stage = stageLine(event.stage);
        if (stage) write(stage);
      }
      const line = eventLine(event);
      if (line) write(line);
    },
    retry: (failure, action, delay) =>
      write(
        `failed (${failure.class}): ${failure.message} Again in ${formatDuration(delay / 1000)}: ${action}.`,
      ),
    note: write,
    close: () => {},
  };
}

const stages: Record<string, string> = { data: 'preparing the data set', model: 'building the model' };
const stageLine = (stage: string): string | undefined => stages[stage];

/** What an event says to people, or undefined. */
export function eventLine(event: Event): string | undefined {
  switch (event.type) {
    case 'metric':
      return metricLine(event);
    case 'warning':
      return `warning[${event.code}]: ${event.message}`;
    case 'failed':
      return `failed[${event.code}]: ${event.message}`;
    default:
      return undefined;
  }
}

/** The names that say most, in order; a trainer of another make has others, and its first are shown. */
const shown: Array<[metric: string, label: string, digits: number]> = [
  ['train/loss', 'loss', 4],
  ['val/combined', 'val/combined', 4],
  ['val/gender_accuracy', 'gender', 4],
  ['val/identity_top1', 'identity', 4],
  ['val/verification_auc', 'AUC', 4],
  ['val/gallery_rank1', 'rank 1', 4],
  ['train/images_per_second', 'images/s', 0],
];

function metricLine({ step, epoch, values }: Extract<Event, { type: 'metric' }>): string | undefined {
  const known = shown.filter(([name]) => values[name] !== undefined);
  if (known.length > 0) {
    const parts = known.map(([name, label, digits]) => `${label} ${formatFixed(values[name], digits)}`);
    return `epoch ${epoch}  step ${step}  ${parts.join('  ')}`;
  }
  const names = Object.keys(values);
  // The scores of the test are in the table at the end.
  if (names.every((name) => name.startsWith('test/'))) return undefined;
  return `step ${step}  ${names
    .slice(0, 5)
    .map((name) => `${name} ${formatFixed(values[name], 4)}`)
    .join('  ')}`;
}
