import { createInterface } from 'node:readline';
import { Command } from 'commander';

/**
 * `facecom charts`: draws the charts of the run folders that it is given, one a line, and repeats the line when it is done. Sweeps
 * start it: drawing takes the time of its process, not of the one that has trainers to start. When its input ends, its sweep was
 * killed: what is still to be drawn is left, as the run folders may be removed or resumed by now.
 */
export function command(): Command {
  return new Command('charts').description('Draw the charts of runs (started by sweep).').action(async () => {
    const { writeCharts } = await import('../../../report/index.ts');
    process.stdin.once('end', () => process.exit());
    for await (const runDir of createInterface({ input: process.stdin })) {
      await writeCharts(runDir, { note: () => {} });
      process.stdout.write(`${runDir}\n`);
    }
  });
}
