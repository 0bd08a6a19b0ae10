import { annotated } from './decides.generated.ts';

/**
 * What a key decides, as `x-decides` says in the schema.
 *
 * - `result`: what is trained, and so the trial's id; a run cannot continue once it has changed. Every key of which nothing is reported.
 * - `resume`: the trial's id too, but a run can continue with another value: it is of no consequence for the steps.
 * - `nothing`: neither; trials that differ in it alone are the same trial.
 */
export type Decides = 'result' | 'resume' | 'nothing';

/** What the key at a dotted path decides. */
export const decides = (path: string): Decides => nearest(path, annotated.decides) ?? 'result';

/** Whether a trained model can be evaluated with another value of the key at a dotted path: `x-evaluation` in the schema. */
export const isForEvaluation = (path: string): boolean => nearest(path, annotated.evaluation) ?? false;

/** The keys of the top level that decide nothing. */
export const indecisiveKeys: readonly string[] = Object.entries(annotated.decides)
  .filter(([path, what]) => what === 'nothing' && !path.includes('.'))
  .map(([path]) => path);

/** What is reported about a path, or of the nearest one above it. */
function nearest<T>(path: string, table: Readonly<Record<string, T>>): T | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.search(/[.[][^.[]*$/)))) {
    if (at === '') return undefined;
    if (Object.hasOwn(table, at)) return table[at];
  }
}
