import { Command } from 'commander';

/** `facecom job`: one task of a batch. Started by a cluster's engine. */
export function command(): Command {
  return new Command('job')
    .argument('<BATCH>', 'file of the batch')
    .argument('<TASK>', 'number of the task')
    .requiredOption('--job <ID>', 'the job, as its engine names it')
    .action(async (file: string, task: string, { job }: { job: string }) => {
      const { job: run } = await import('../../../operations/index.ts');
      process.exit(await run({ file, task: Number(task), job }));
    });
}
