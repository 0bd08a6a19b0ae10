import { FacecomError } from '../base/errors.ts';
import { inspectExperiment, type Problem, SpecError, sortProblems } from '../spec/index.ts';

/** What a spec's check gives. */
export interface Checked {
  problems: Problem[];
  warnings: Problem[];
  /** How many trials its sweep has, where it has one and all is well. */
  trials?: number;
}

/** Everything that is wrong with a spec, its bases and the trials of its sweep. */
export async function checkSpec(file: string, options: { set?: readonly string[] }): Promise<Checked> {
  try {
    const { problems, warnings, resolved } = await inspectExperiment(file, options);
    if (!resolved?.sweep) return { problems, warnings };
    const { checkSweep, expandSweep } = await import('../sweep/index.ts');
    // The trials of a broken spec would repeat what is wrong with it; the sweep itself can still be judged.
    if (problems.length > 0)
      return { problems: sortProblems([...problems, ...checkSweep(resolved)]), warnings };
    const { trials, warnings: more } = expandSweep(resolved);
    const place = { file: resolved.source.name, line: 1, column: 1, path: 'sweep' };
    return {
      problems,
      warnings: [...warnings, ...more.map((warning) => ({ ...warning, ...place }))],
      trials: trials.length,
    };
  } catch (error) {
    if (error instanceof SpecError) return { problems: error.problems, warnings: [] };
    if (!(error instanceof FacecomError) || error.code !== 'spec-missing') throw error;
    const { code, remedy } = error;
    // Its place names it.
    const message = error.message.replace(`The spec ${file} `, 'The spec ');
    return { problems: [{ code, file, line: 1, column: 1, path: '', message, remedy }], warnings: [] };
  }
}
