import { type Checked, checkSpec } from '../../../operations/index.ts';
import { blocksOf, formatProblems, type Problem, plainProblem } from '../../../spec/index.ts';
import type { ValidateOptions } from './command.ts';

/** Checks specs. Gives the exit code: 0, or 2 where one has a problem. */
export async function validate(specs: readonly string[], options: ValidateOptions): Promise<number> {
  const check = async () => {
    const all: Checked[] = [];
    for (const spec of specs) all.push(await checkSpec(spec, options));
    return all;
  };
  let checked = await check();
  let fixed: Fixed[] = [];
  if (options.fix) ({ checked, fixed } = await fix(checked, check));
  const problems = distinct(checked.flatMap((one) => one.problems));
  const warnings = distinct(checked.flatMap((one) => one.warnings));
  if (options.json) {
    const document = {
      valid: problems.length === 0,
      problems: problems.map(plainProblem),
      ...(warnings.length > 0 ? { warnings: warnings.map(plainProblem) } : {}),
      ...(options.fix ? { fixed } : {}),
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    for (const { file, line, column, from, to } of fixed)
      process.stdout.write(`${file}:${line}:${column}: ${from} → ${to}\n`);
    if (warnings.length > 0) process.stderr.write(`${blocksOf(warnings, 'warning')}\n\n`);
    if (problems.length > 0) process.stderr.write(formatProblems(problems));
    else
      for (const [i, spec] of specs.entries())
        process.stdout.write(`${spec}: valid${counted(checked[i]!)}\n`);
  }
  return problems.length > 0 ? 2 : 0;
}

const counted = ({ trials }: Checked): string =>
  trials === undefined ? '' : `, ${trials} ${trials === 1 ? 'trial' : 'trials'}`;

interface Fixed {
  file: string;
  line: number;
  column: number;
  from: string;
  to: string;
}

/** A fix may bring another problem to light, of a key that was not read before. */
const ROUNDS = 10;

async function fix(
  first: Checked[],
  check: () => Promise<Checked[]>,
): Promise<{ checked: Checked[]; fixed: Fixed[] }> {
  const { applyFixes } = await import('../../../spec/index.ts');
  let checked = first;
  const fixed: Fixed[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const problems = distinct(checked.flatMap((one) => one.problems));
    const applied = applyFixes(problems);
    if (applied.length === 0) break;
    fixed.push(...applied);
    checked = await check();
  }
  return { checked, fixed };
}

/** Specs that share a base share its problems. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = JSON.stringify(plainProblem(problem));
    return !seen.has(key) && seen.add(key);
  });
}
