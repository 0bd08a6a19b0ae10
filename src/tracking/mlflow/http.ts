import type { Connection } from './connection.ts';
import { notMlflow, refusal, unreachable } from './errors.ts';
import { delayBefore, parseRetryAfter, passing, type RetryPolicy, wait } from './retry.ts';

/** A file's bytes, whole or as they are read. */
export type Body = Uint8Array | ReadableStream<Uint8Array>;

export interface Request {
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
}

/** Sends a request, again if that may help. Returns the body as text. Throws FacecomError, or the signal's reason. */
export async function send(
  { base, headers }: Connection,
  request: Request,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<string> {
  const url = new URL(request.path, base);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    let retryAfter: number | undefined;
    try {
      const answer = await attemptOnce(url, headers, request, policy, signal);
      const text = await answer.text();
      if (answer.ok) return text;
      const again = request.once ? [408, 429].includes(answer.status) : passing.has(answer.status);
      if (!again || attempt > policy.retries)
        throw Object.assign(refusal(base, answer.status, text, answer.headers.get('location')), {
          final: true,
        });
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
  { method, json, body, size, timeout }: Request,
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

/** The connection was not made: the server cannot have done anything. */
function refused(error: unknown): boolean {
  const code = (error as { cause?: { code?: string } }).cause?.code;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

/** The answer as JSON. Throws FacecomError `mlflow-answer` where it is none, as of a login page. */
export async function sendForJson<T>(
  connection: Connection,
  request: Request,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  const text = await send(connection, request, policy, signal);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw notMlflow(connection.base, 200);
  }
}
