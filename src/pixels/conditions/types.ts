import type { Random } from '../../base/random.ts';
import type { Picture } from '../picture.ts';

/** 1 mild … 5 severe. */
export type Severity = 1 | 2 | 3 | 4 | 5;

/** A bad condition of fixed severities, for robustness tests: the stream decides place and direction, never the strength. */
export interface Condition {
  /** Its name in commands, metrics (`test/<condition>/…`) and specs. */
  name: string;
  description: string;
  /** Name of FaceCom's distorted images of this kind (`<stem>_<suffix>`). */
  suffix: string;
  apply(picture: Picture, severity: Severity, random: Random): void;
}

/** The value of a severity in a list of five. */
export function level<T>(severity: Severity, values: readonly [T, T, T, T, T]): T {
  return values[severity - 1]!;
}
