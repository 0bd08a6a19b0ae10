import { Command } from 'commander';

/** `facecom compare A B…`: runs and sweeps held against the first. */
export function command(): Command {
  return new Command('compare')
    .argument(
      '<RUN|SWEEP...>',
      'two or more; the first is what the others are held against, a sweep counts as its best point',
    )
    .option('--alone', 'take each run alone, without the other seeds of its point')
    .option('--out <FILE>', 'write an HTML page with curves and images')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (targets: string[], options: CompareOptions) => {
      const { compare } = await import('./action.ts');
      process.exitCode = await compare(targets, options);
    });
}

export interface CompareOptions {
  alone?: boolean;
  out?: string;
  runs: string;
  json?: boolean;
}
