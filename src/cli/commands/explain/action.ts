import { explain as explainTarget } from '../../../operations/index.ts';
import { parsePath, schemaAt, schemaWords } from '../../../spec/index.ts';
import { printJson } from '../../terminal/print.ts';
import type { ExplainOptions } from './command.ts';
import { printProgram } from './program.ts';
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

/** What the schema says about a key. */
function about(path: string, config: object): string {
  const schema = schemaAt(parsePath(path) ?? [], config);
  return schema ? `\n${schemaWords(schema).join('\n')}\n` : '';
}
