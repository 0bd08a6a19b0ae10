import { type Checked, validate as validateSpecs } from '../../../operations/index.ts';
import { blocksOf, formatProblems, plainProblem } from '../../../spec/index.ts';
import { printJson } from '../../terminal/print.ts';
import type { ValidateOptions } from './command.ts';

/** Checks specs. Returns the exit code: 0, or 2 if one has a problem. */
export async function validate(specs: readonly string[], options: ValidateOptions): Promise<number> {
  const { checked, problems, warnings, fixed } = await validateSpecs(specs, options);
  if (options.json)
    printJson({
      valid: problems.length === 0,
      problems: problems.map(plainProblem),
      ...(warnings.length > 0 ? { warnings: warnings.map(plainProblem) } : {}),
      ...(options.fix ? { fixed } : {}),
    });
  else {
    for (const { file, line, column, from, to } of fixed)
      process.stdout.write(`${file}:${line}:${column}: ${from} → ${to}\n`);
    if (warnings.length > 0) process.stderr.write(`${blocksOf(warnings, 'warning')}\n\n`);
    for (const [i, spec] of specs.entries())
      if (checked[i]!.problems.length === 0) process.stdout.write(`${spec}: valid${counted(checked[i]!)}\n`);
    if (problems.length > 0) process.stderr.write(formatProblems(problems));
  }
  return problems.length > 0 ? 2 : 0;
}

const counted = ({ trials }: Checked): string =>
  trials === undefined ? '' : `, ${trials} ${trials === 1 ? 'trial' : 'trials'}`;
