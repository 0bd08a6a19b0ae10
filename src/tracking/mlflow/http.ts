import type { Connection } from './connection.ts';
import { notTheAnswer, refusal, unreachable } from './errors.ts';
import { delayBefore, parseRetryAfter, passing, type RetryPolicy, wait } from './retry.ts';

/** A file's bytes, whole or as they are read. */
export type Body = Uint8Array | ReadableStream<Uint8Array>;

export interface Request<T> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's address, without a leading slash. */
  path: string;
  query?: Readonly<Record<string, string>>;
  json?: unknown;
  /** Made anew for each attempt: a stream can be read once. */
  body?: () => Body;
  /** Bytes of `body`, where they are known. */
  size?: number;
  /** Repetition could do something twice: only what surely did nothing is sent again. */
  once?: boolean;
  /** Seconds; the policy's otherwise. */
  timeout?: number;
  /** What the answer's text says; undefined if it is none of MLflow's. */
  read: (text: string) => T | undefined;
}

const MOST = 64 << 20; // bytes of an answer; MLflow's have kilobytes

/**
 * Sends a request, again if that may help, also after an answer that is none of MLflow's, as a proxy may give for a moment. Throws
 * FacecomError, or the signal's reason.
 */
export async function send<T>(
  { base, headers }: Connection,
  request: Request<T>,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  const url = new URL(request.path, base);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    let retryAfter: number | undefined;
    try {
      const answer = await attemptOnce(url, headers, request, policy, signal);
      const text = await textOf(answer);
      const read = answer.ok && text !== undefined ? request.read(text) : undefined;
      if (read !== undefined) return read;
      const status = answer.ok ? 502 : answer.status;
      const again = request.once ? [408, 429].includes(status) : passing.has(status);
      if (!again || text === undefined || attempt > policy.retries) {
        const error = answer.ok
          ? notTheAnswer(base, request.path, answer.status, text ?? `more than ${MOST >> 20} MB`)
          : refusal(base, status, text ?? '', answer.headers.get('location'));
        throw Object.assign(error, { final: true });
      }
      retryAfter = parseRetryAfter(answer.headers.get('retry-after'));
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as { final?: boolean }).final) throw error;
      const again = request.once ? refused(error) : true;
      if (!again || attempt > policy.retries) throw unreachable(base, error);
    }
    await wait(delayBefore(attempt, policy, retryAfter), signal).catch((error) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}

function attemptOnce(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { method, json, body, size, timeout }: Request<unknown>,
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const seconds = timeout ?? policy.timeout;
  const limit = AbortSignal.timeout(Math.max(1, seconds * 1000));
  const content = json === undefined ? body?.() : JSON.stringify(json);
  return fetch(url, {
    method,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(size === undefined ? {} : { 'content-length': String(size) }),
    },
    ...(content === undefined ? {} : { body: content, duplex: 'half' as const }),
    // Credentials and posted data must not follow to where the user did not send them.
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
}

/** Undefined if it is longer than any of MLflow's: the rest is not read. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > MOST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The connection was not made: the server cannot have done anything. */
function refused(error: unknown): boolean {
  const code = (error as { cause?: { code?: string } }).cause?.code;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}
