import type { ErrorCode } from '../../base/error-codes.ts';
import type { Experiment } from '../experiment.generated.ts';
import type { PlacedFinding } from '../findings.ts';
import { formatPath, type Path } from '../tree.ts';

/** What a schema cannot say, as a sentence with code. */
export interface Rule {
  /** Dotted paths of what it looks at; it is asked if they keep to the schema. */
  reads: readonly string[];
  /** Returns what breaks it, nothing if all is well. */
  check(config: Experiment): PlacedFinding[];
}

/** A finding at the value of a key. */
export function broken(
  code: ErrorCode,
  at: Path,
  message: string,
  more: Partial<PlacedFinding> = {},
): PlacedFinding[] {
  return [{ code, at, on: 'value', path: formatPath(at), message, ...more }];
}
