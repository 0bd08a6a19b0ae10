import { stop as stopTarget } from '../../../operations/index.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import type { StopOptions } from './command.ts';

/** Stops a run or a sweep and waits for it. Returns the exit code. */
export async function stop(text: string, { runs: folder, kill = false, json }: StopOptions): Promise<number> {
  const {
    name,
    dir,
    how,
    runs,
    text: done,
  } = await stopTarget(text, { runs: folder, kill, note: printNote });
  if (json) printJson({ stopped: name, dir, how, runs, killed: kill && how !== 'nothing-runs' });
  else process.stdout.write(`${done}\n`);
  return 0;
}
