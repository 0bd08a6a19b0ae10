import { explainProgram, explain as explainTarget } from '../../../operations/index.ts';
import { parsePath, schemaAt, schemaWords } from '../../../spec/index.ts';
import { printJson } from '../../terminal/print.ts';
import { table } from '../../terminal/table.ts';
import type { ExplainOptions } from './command.ts';
import { shown, valueTable } from './values.ts';

/** Prints the values of a spec or a run with their origins. Returns the exit code. */
export async function explain(
  target: string,
  path: string | undefined,
  { json, program, ...options }: ExplainOptions,
): Promise<number> {
  if (program) return printProgram(target, { json, set: options.set });
  const { kind, name, config, values } = await explainTarget(target, path, options);
  if (json) {
    printJson(...values.map((row) => ({ ...row, value: shown(row.value) })), {
      [kind]: name,
      values: values.length,
    });
    return 0;
  }
  process.stdout.write(`${valueTable(values)}\n`);
  const only = values.length === 1 ? values[0]! : undefined;
  if (path !== undefined && only) process.stdout.write(about(only.path, config));
  return 0;
}

/** Prints how the training step is computed. */
async function printProgram(
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
  process.stdout.write(`${table(columns, rows, process.stdout.columns)}\n`);
  const inJavaScript = lines
    .filter(({ by }) => by === 'JavaScript')
    .reduce((sum, { count }) => sum + count, 0);
  process.stdout.write(
    `${facts.traced} ops as ${facts.instructions} instructions in ${facts.precision}; ${inJavaScript} of them run in JavaScript.\n`,
  );
  return 0;
}

/** What the schema says about a key. */
function about(path: string, config: object): string {
  const schema = schemaAt(parsePath(path) ?? [], config);
  return schema ? `\n${schemaWords(schema).join('\n')}\n` : '';
}
