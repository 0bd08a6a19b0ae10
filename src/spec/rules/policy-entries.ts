import type { Effect, Experiment } from '../experiment.generated.ts';
import type { Path } from '../tree.ts';

/** Every effect of a policy that is a list, also those within one_of, some_of and sequence, with its path. */
export function* policyEntries(
  policy: Experiment['augment']['policy'],
  path: Path = ['augment', 'policy'],
): Generator<{ entry: Effect; path: Path }> {
  if (typeof policy === 'string') return;
  for (const [i, entry] of policy.entries()) {
    yield { entry, path: [...path, i] };
    if ('effects' in entry) yield* policyEntries(entry.effects, [...path, i, 'effects']);
  }
}
