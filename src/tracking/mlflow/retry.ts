import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryPolicy {
  /** How often a request is sent again. */
  retries: number;
  /** Seconds before the second repetition; each later one waits twice as long. The first is sent at once, as Python's client does. */
  backoff: number;
  /** Seconds that a request may take. */
  timeout: number;
}

/** What Python's client does, with the variables of its environment. */
export function retryPolicy(env: NodeJS.ProcessEnv = process.env): RetryPolicy {
  return {
    retries: number(env.MLFLOW_HTTP_REQUEST_MAX_RETRIES, 7),
    backoff: number(env.MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR, 2),
    timeout: number(env.MLFLOW_HTTP_REQUEST_TIMEOUT, 120),
  };
}

function number(text: string | undefined, usual: number): number {
  const value = Number(text);
  return text !== undefined && text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : usual;
}

/** Answers after which the same request may succeed. */
export const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const LONGEST = 120; // seconds

/** Seconds to wait before repetition `n` (from 1). A server's Retry-After goes before our own count. */
export function delayBefore(n: number, policy: RetryPolicy, retryAfter: number | undefined): number {
  if (retryAfter !== undefined) return Math.min(LONGEST, retryAfter);
  const wait = n === 1 ? 0 : policy.backoff * 2 ** (n - 2);
  // Jitter of up to a second: many clients must not come back together.
  return Math.min(LONGEST, wait) + Math.random() * Math.min(1, policy.backoff);
}

/** Seconds of a Retry-After header: a number or a date. */
export function parseRetryAfter(text: string | null, now = Date.now()): number | undefined {
  if (text === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

export async function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal });
}
