import { diff as diffOf } from '../../../operations/index.ts';
import { configTable } from '../../terminal/comparison.ts';
import { printJson } from '../../terminal/print.ts';
import type { DiffOptions } from './command.ts';

/** Prints in which values configs differ. Returns the exit code. */
export async function diff(texts: readonly string[], { json, ...options }: DiffOptions): Promise<number> {
  const { names, differences } = await diffOf(texts, options);
  if (json) printJson(...differences, { names, differences: differences.length });
  else process.stdout.write(`${configTable(names, differences)}\n`);
  return 0;
}
