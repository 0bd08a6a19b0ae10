import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';

/**
 * `facecom charts`: draws the charts and writes the page of the run folders, and of the sweep, that it is given, one a line, and repeats
 * the line when it is done. Sweeps start it: drawing takes the time of its process, not of the one that has trainers to start. When its input ends, its sweep was
 * killed: what is still to be drawn is left, as the run folders may be removed or resumed by now.
 */
export function command(): Command {
  return new Command('charts')
    .description('Draw charts and write reports (started by sweep).')
    .action(async () => {
      const { concludeReport } = await import('../../../report/index.ts');
      process.stdin.once('end', () => process.exit());
      for await (const dir of createInterface({ input: process.stdin })) {
        // So that an end which is there already is noticed before anything is written.
        await setImmediate();
        await concludeReport(dir, { note: () => {} });
        process.stdout.write(`${dir}\n`);
      }
    });
}
