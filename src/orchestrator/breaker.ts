import type { Failure } from './classify.ts';

/**
 * Stops a sweep whose trials fail one after another in the same way: the fault is then none of theirs. A loss that is not finite is
 * what a trial's values led to, and does not count.
 */
export class CircuitBreaker {
  private readonly limit: number;
  private fault: string | undefined;
  private count = 0;

  /** `limit` trials running; 0: never. */
  constructor(limit: number) {
    this.limit = limit;
  }

  finished(): void {
    this.count = 0;
  }

  /** A trial that has failed for good. Returns the reason where the sweep is to stop. */
  failed(failure: Failure): string | undefined {
    if (failure.class === 'nan') return undefined;
    const fault = signature(failure);
    this.count = fault === this.fault ? this.count + 1 : 1;
    this.fault = fault;
    if (this.limit === 0 || this.count < this.limit) return undefined;
    const what = failure.code ?? failure.class;
    return `${this.count} trials running failed in the same way (${what}): ${failure.message}`;
  }
}

/** What two failures of one cause have in common: numbers, addresses and paths differ. */
function signature({ class: kind, code, message }: Failure): string {
  const text = message
    .replace(/\/[^\s:'",)]+/g, '/')
    .replace(/0x[0-9a-f]+|[0-9a-f]{8,}/gi, '#')
    .replace(/\d+/g, '#');
  return `${kind} ${code ?? ''} ${text.slice(0, 200)}`;
}
