import { compare as compareRuns } from '../../../operations/index.ts';
import { comparisonText } from '../../terminal/comparison.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import type { CompareOptions } from './command.ts';

/** Prints how runs compare. Returns the exit code. */
export async function compare(
  texts: readonly string[],
  { json, ...options }: CompareOptions,
): Promise<number> {
  const found = await compareRuns(texts, { ...options, note: (line) => printNote(`note: ${line}`) });
  if (json) printJson(found);
  else {
    process.stdout.write(`${comparisonText(found)}\n`);
    if (found.report !== undefined) process.stdout.write(`\n${found.report}\n`);
  }
  return 0;
}
