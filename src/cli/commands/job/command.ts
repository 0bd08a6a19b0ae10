import { Command } from 'commander';

/** `facecom job`: one job of a batch, which trains one run or several one after another. Started by a cluster's engine. */
export function command(): Command {
  return new Command('job')
    .argument('<BATCH>', 'file of the batch')
    .argument('<NUMBER>', 'number of the job')
    .requiredOption('--job <ID>', 'the job, as its engine names it')
    .action(async (file: string, number: string, { job }: { job: string }) => {
      const { action } = await import('./action.ts');
      process.exit(await action({ file, number: Number(number), job }));
    });
}
