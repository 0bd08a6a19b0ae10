import { FacecomError } from '../../../base/errors.ts';
import { formatFixed } from '../../../base/format.ts';
import { scanRun } from '../../../record/index.ts';
import { facts } from '../../terminal/facts.ts';
import { printable } from '../../terminal/table.ts';
import type { Status } from './status.ts';
import { describeRun, howFar, isActive, note, runId, time } from './summary.ts';

/** One run in full. */
export function statusOfRun(dir: string): Status {
  const run = scanRun(dir);
  if (!run)
    throw new FacecomError('run-not-found', `The run folder ${dir} is not there any more.`, { exitCode: 2 });
  return {
    documents: [describeRun(run)],
    active: isActive(run),
    text: ({ width }) => {
      const known: [string, string | undefined][] = [
        ['run', runId(run)],
        ['status', run.status],
        ['note', note(run)],
        ['epoch', howFar(run)],
        ['rate', rate(run.progress?.images_per_second)],
        ['time', time(run.seconds)],
        ['started', run.started === undefined ? undefined : new Date(run.started).toLocaleString('sv')],
        ['device', run.devices.join(' ')],
        ['starts', run.starts > 1 ? `${run.starts} (${run.retries} retries)` : undefined],
        ['process', isActive(run) && run.trainer ? String(run.trainer.pid) : undefined],
        ...Object.entries(run.metrics).map(([name, value]): [string, string] => [
          name,
          formatFixed(value, 4),
        ]),
        ['folder', run.dir],
      ];
      return facts(
        known.flatMap(([name, value]) => (value ? [[name, printable(value)] as const] : [])),
        width,
      );
    },
  };
}

const rate = (value: number | undefined) =>
  value === undefined ? undefined : `${formatFixed(value, 0)} images/s`;
