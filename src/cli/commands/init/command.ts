import { Command } from 'commander';

/** `facecom init [FILE]`: an experiment to start from. */
export function command(): Command {
  return new Command('init')
    .argument('[FILE]', 'where to write it', 'experiment.yaml')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { json?: boolean }) => {
      const { init } = await import('./action.ts');
      process.exitCode = await init(file, options);
    });
}
