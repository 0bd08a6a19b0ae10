import type { ErrorCode } from './error-codes.ts';

/** Where a problem lies: a place in a file, or a run and a step. */
export interface Place {
  file?: string;
  /** 1-based. */
  line?: number;
  /** 1-based. */
  column?: number;
  run?: string;
  step?: number;
}

export interface ErrorDetails {
  place?: Place;
  found?: string;
  expected?: string;
  /** What the user can do about it, as a sentence. */
  remedy?: string;
  /** What the process exits with when nothing handles it: 1 the run failed, 2 nothing was launched, 130 interrupted. */
  exitCode?: number;
  cause?: unknown;
}

/** An error that a user can act on: it is printed without a stack trace. `code` is stable and documented in docs/errors.md. */
export class FacecomError extends Error {
  readonly code: ErrorCode;
  readonly place?: Place;
  readonly found?: string;
  readonly expected?: string;
  readonly remedy?: string;
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'FacecomError';
    this.code = code;
    this.place = details.place;
    this.found = details.found;
    this.expected = details.expected;
    this.remedy = details.remedy;
    this.exitCode = details.exitCode ?? 1;
  }
}
