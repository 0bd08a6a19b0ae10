/** What one check found. */
export interface Finding {
  /** What was looked at, such as `python`. */
  name: string;
  /** `fail` prevents training; `warn` takes something away. */
  status: 'ok' | 'warn' | 'fail';
  /** What was found, a sentence for people. */
  text: string;
  /** What the user can do; where something is not well. */
  remedy?: string;
  /** The same for programs. */
  details?: Record<string, unknown>;
}

export const ok = (name: string, text: string, details?: Record<string, unknown>): Finding => ({
  name,
  status: 'ok',
  text,
  ...(details ? { details } : {}),
});

export const warn = (
  name: string,
  text: string,
  remedy: string,
  details?: Record<string, unknown>,
): Finding => ({
  ...ok(name, text, details),
  status: 'warn',
  remedy,
});

export const fail = (
  name: string,
  text: string,
  remedy: string,
  details?: Record<string, unknown>,
): Finding => ({
  ...ok(name, text, details),
  status: 'fail',
  remedy,
});
