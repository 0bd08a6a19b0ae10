import { results as resultsOf } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';
import { resultsCsv, resultsMarkdown, resultsTable } from '../../terminal/result-rows.ts';
import type { ResultsOptions } from './command.ts';

/** What a table for reading shows; a file gets every metric. */
const readable = ['combined', 'gender_accuracy', 'identity_top1'].flatMap((name) => [
  `val/${name}`,
  `test/${name}`,
]);

/** Prints the results of a sweep. Returns the exit code. */
export async function results(text: string, options: ResultsOptions): Promise<number> {
  const { runs, trials = false, json } = options;
  const format = json ? 'json' : (options.format ?? 'table');
  const metrics = options.metrics?.split(',').map((name) => name.trim());
  const found = await resultsOf(text, { runs, trials, ...(metrics ? { metrics } : {}) });
  const few = [...found.objectives, ...readable];
  const shown =
    metrics || format === 'csv' || format === 'json'
      ? found
      : { ...found, metrics: found.metrics.filter((metric) => few.includes(metric)) };
  if (format === 'json') printJson(...found.rows, { ...shown, rows: found.rows.length });
  else if (format === 'csv') process.stdout.write(resultsCsv(shown));
  else if (format === 'md') process.stdout.write(resultsMarkdown(shown));
  else process.stdout.write(`${resultsTable(shown)}\n`);
  return 0;
}
