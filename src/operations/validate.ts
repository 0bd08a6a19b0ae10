import { type Problem, plainProblem } from '../spec/index.ts';
import { type Checked, checkSpec } from './check-spec.ts';

export interface Validation {
  /** By spec, in the order given. */
  checked: Checked[];
  /** Of all specs, each once. */
  problems: Problem[];
  warnings: Problem[];
  /** Edits that `fix` made. */
  fixed: Fixed[];
}

/** Every problem of some specs, their bases and the trials of their sweeps; with `fix`, unambiguous mistakes are mended in the files. */
export async function validate(
  specs: readonly string[],
  options: { set?: readonly string[]; fix?: boolean } = {},
): Promise<Validation> {
  const check = async () => {
    const all: Checked[] = [];
    for (const spec of specs) all.push(await checkSpec(spec, options));
    return all;
  };
  const first = await check();
  const { checked, fixed } = options.fix ? await fix(first, check) : { checked: first, fixed: [] };
  return {
    checked,
    problems: distinct(checked.flatMap((one) => one.problems)),
    warnings: distinct(checked.flatMap((one) => one.warnings)),
    fixed,
  };
}

export interface Fixed {
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
  const { applyFixes } = await import('../spec/index.ts');
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
