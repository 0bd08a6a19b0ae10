import { Command, Option } from 'commander';

/** `facecom results SWEEP`: a table of its points, for a terminal, a document or a program. */
export function command(): Command {
  return new Command('results')
    .argument('<SWEEP>', 'name or folder of a sweep or an experiment, or last')
    .addOption(
      new Option(
        '--format <FORMAT>',
        'table for reading; csv with every metric and interval; md; json',
      ).choices(['table', 'csv', 'md', 'json']),
    )
    .option('--metrics <NAMES>', 'metrics by name, * for any text, separated by commas')
    .option('--trials', 'a row for each trial in place of each point')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'the same as --format json')
    .action(async (sweep: string, options: ResultsOptions) => {
      const { results } = await import('./action.ts');
      process.exitCode = await results(sweep, options);
    });
}

export interface ResultsOptions {
  format?: 'table' | 'csv' | 'md' | 'json';
  metrics?: string;
  trials?: boolean;
  runs: string;
  json?: boolean;
}
