import type { PlacedFinding } from '../check.ts';
import type { Experiment } from '../experiment.generated.ts';
import { formatPath, type Path } from '../tree.ts';

/** What a schema cannot say, as a sentence with code: it gives what breaks it, nothing where all is well. */
export type Rule = (config: Experiment) => PlacedFinding[];

/** A finding at the value of a key. */
export function broken(
  code: string,
  at: Path,
  message: string,
  more: Partial<PlacedFinding> = {},
): PlacedFinding[] {
  return [{ code, at, on: 'value', path: formatPath(at), message, ...more }];
}
