import { explainProgram } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';
import { table } from '../../terminal/table.ts';
import { outputWidth } from '../../terminal/wide-table.ts';
import type { ExplainOptions } from './command.ts';

/** Prints how the training step is computed. Returns the exit code. */
export async function printProgram(
  file: string,
  { json, set }: Pick<ExplainOptions, 'json' | 'set'>,
): Promise<number> {
  const { lines, ...facts } = await explainProgram(file, set ? { set } : {});
  if (json) {
    printJson(...lines, { program: file, ...facts });
    return 0;
  }
  const rows = lines.map(({ what, by, count, values, at = '' }) => [
    String(count),
    what,
    by,
    String(values),
    at,
  ]);
  const columns = [
    { title: 'COUNT', align: 'right' as const },
    { title: 'INSTRUCTION' },
    { title: 'BY' },
    { title: 'VALUES', align: 'right' as const },
    { title: 'LARGEST AT', shrinks: true, drop: 1 },
  ];
  process.stdout.write(`${table(columns, rows, outputWidth())}\n`);
  const inJavaScript = lines
    .filter(({ by }) => by === 'JavaScript')
    .reduce((sum, { count }) => sum + count, 0);
  process.stdout.write(
    `${facts.traced} ops as ${facts.instructions} instructions in ${facts.precision}; ${inJavaScript} of them run in JavaScript.\n`,
  );
  return 0;
}
