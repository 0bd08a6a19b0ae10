import { Command } from 'commander';

/** `facecom ui`: the local MLflow server of a folder of runs. */
export function command(): Command {
  return new Command('ui')
    .option('--port <N>', 'its port; 5000 or the next free one otherwise')
    .option('--stop', 'stop the server')
    .option('--no-sync', 'send nothing')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print JSON documents only, the summary last')
    .option('--quiet', 'print the address only')
    .action(async (options: UiOptions) => {
      const { ui } = await import('./action.ts');
      process.exitCode = await ui(options);
    });
}

export interface UiOptions {
  port?: string;
  stop?: boolean;
  sync: boolean;
  runs: string;
  json?: boolean;
  quiet?: boolean;
}
