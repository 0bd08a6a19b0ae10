/** A value that is not what the record says. */
export interface Difference {
  /** Steps of the optimizer by then. */
  step: number;
  /** `loss`, the name of a metric, or of a tensor with its checkpoint. */
  what: string;
  /** Undefined if only one of the two runs has it. */
  recorded?: number;
  now?: number;
  /** |recorded − now| in units of the larger one; infinite if one is missing or not a number. */
  relative: number;
}

/** What was compared, in the order of steps. */
export class Comparison {
  readonly compared = { losses: 0, metrics: 0, tensors: 0 };
  private readonly found: Difference[] = [];

  number(kind: 'losses' | 'metrics', at: Omit<Difference, 'relative'>): void {
    this.compared[kind]++;
    if (!Object.is(at.recorded, at.now)) this.found.push({ ...at, relative: distance(at.recorded, at.now) });
  }

  tensor(difference: Difference | undefined): void {
    this.compared.tensors++;
    if (difference) this.found.push(difference);
  }

  /** Those that differ by more than `tolerance`, the first step first. */
  differences(tolerance = 0): Difference[] {
    return this.found.filter(({ relative }) => relative > tolerance).sort((a, b) => a.step - b.step);
  }
}

/** In units of the larger one; two values that are not numbers alike are equal. */
export function distance(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return Number.POSITIVE_INFINITY;
  if (Object.is(a, b)) return 0;
  const apart = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), Number.MIN_VALUE);
  return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
}
