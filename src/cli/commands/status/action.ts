import { setTimeout as sleep } from 'node:timers/promises';
import { stopOnSignals } from '../../../base/interrupt.ts';
import { findTarget } from '../../../record/index.ts';
import type { StatusOptions } from './command.ts';
import { drawer, print } from './drawer.ts';
import { experimentsStatus } from './experiments.ts';
import { statusOfRun } from './run.ts';
import { runsStatus } from './runs.ts';
import type { Status } from './status.ts';

const INTERVAL = 1000; // ms

/** Prints the state of runs, once or until nothing runs. Returns the exit code. */
export async function status(target: string | undefined, options: StatusOptions): Promise<number> {
  const look = looker(target, options.runs);
  let now = look();
  if (!options.watch) {
    print(now, options);
    return 0;
  }
  const stop = stopOnSignals(['SIGINT', 'SIGTERM']);
  const draw = await drawer(options);
  for (;;) {
    draw.show(now);
    if (!now.active || stop.signal.aborted) break;
    await sleep(INTERVAL, undefined, { signal: stop.signal }).catch(() => {});
    if (stop.signal.aborted) break;
    now = look();
  }
  draw.done();
  stop.release();
  return stop.signal.aborted ? 130 : 0;
}

/** Finds what was asked for once, and looks at it again and again. */
function looker(text: string | undefined, runs: string): () => Status {
  if (text === undefined) return () => experimentsStatus(runs);
  const { kind, dir } = findTarget(runs, text);
  if (kind === 'run') return () => statusOfRun(dir);
  const known = new Map();
  return () => runsStatus(dir, known);
}
