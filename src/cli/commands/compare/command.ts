import { Command } from 'commander';

/** `facecom compare A B…`: runs and sweeps held against the first. */
export function command(): Command {
  return new Command('compare')
    .argument('<A>', 'run or sweep: the one that the others are held against; a sweep is its best point')
    .argument('<B...>', 'runs or sweeps')
    .option('--alone', 'take each run alone, without the other seeds of its point')
    .option('--out <FILE>', 'write an HTML page with curves and images')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (first: string, others: string[], options: CompareOptions) => {
      const { compare } = await import('./action.ts');
      process.exitCode = await compare([first, ...others], options);
    });
}

export interface CompareOptions {
  alone?: boolean;
  out?: string;
  runs: string;
  json?: boolean;
}
