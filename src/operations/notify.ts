import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from '../spec/index.ts';
import type { Reporter } from './reporter.ts';

/** What a webhook gets, as JSON. */
export interface Notice {
  /** One sentence: what Slack and its like show. */
  text: string;
  event: 'finished' | 'failed';
  kind: 'run' | 'sweep';
  /** `name/trial-attempt`, or the sweep's name. */
  name: string;
  status: string;
  seconds: number;
  /** Final scores of a run; the best value of a sweep by its objective. */
  metrics?: Readonly<Record<string, number>>;
  /** Trials of a sweep. */
  trials?: { all: number; finished: number; failed: number };
  /** The page in MLflow. */
  mlflow?: string;
}

export type Notify = (notice: Notice) => Promise<void>;

/** Tries, and milliseconds before each: a webhook that is away for a moment gets its message. */
const WAITS = [0, 500, 2000, 5000];
const TIMEOUT = 5000; // ms of a try
/** Milliseconds for which the end of a command waits for it. */
const PATIENCE = 15_000;

interface NotifyOptions {
  report: Pick<Reporter, 'note' | 'warning'>;
  env?: Readonly<Record<string, string | undefined>>;
  waits?: readonly number[];
  patience?: number;
}

/**
 * What sends a message when a run or a sweep ends, as `notify` of its spec says. It never throws: what was not delivered is a note. The
 * address is read from the environment now and is neither shown nor recorded.
 */
export function notifier(config: Pick<Experiment, 'notify'>, options: NotifyOptions): Notify {
  const { report, env = process.env, waits = WAITS, patience = PATIENCE } = options;
  const { notify } = config;
  if (!notify) return async () => {};
  const { address, problem } = addressOf(notify.url, env);
  if (!address) {
    report.warning({ code: 'notify-unset', message: `Nobody is notified: ${problem}.` });
    return async () => {};
  }
  return async (notice) => {
    if (!notify.on.includes(notice.event)) return;
    const over = AbortSignal.timeout(patience);
    const failure = await deliver(address, JSON.stringify(notice), { waits, signal: over });
    if (failure) report.note(`Nobody was notified by ${address.host}: ${failure}.`);
  };
}

function addressOf(
  written: string,
  env: Readonly<Record<string, string | undefined>>,
): { address?: URL; problem?: string } {
  const missing: string[] = [];
  const text = written.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    if (!env[name]) missing.push(name);
    return env[name] ?? '';
  });
  if (missing.length > 0) return { problem: `notify.url needs ${missing.join(' and ')}, which is not set` };
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    return { problem: 'what notify.url stands for is no http(s) address' };
  return { address: new URL(text) };
}

/** Undefined if it was delivered, else why not. */
async function deliver(
  address: URL,
  body: string,
  { waits, signal }: { waits: readonly number[]; signal: AbortSignal },
): Promise<string | undefined> {
  let failure = 'no answer';
  for (const wait of waits) {
    try {
      await sleep(wait, undefined, { signal });
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
      });
      await answer.body?.cancel();
      if (answer.ok) return undefined;
      failure = `it answers ${answer.status}`;
      // It will not think better of it.
      if (answer.status < 500 && answer.status !== 429 && answer.status !== 408) return failure;
    } catch (error) {
      if (signal.aborted) return failure.endsWith('in time') ? failure : `${failure} in time`;
      failure = reasonOf(error);
    }
  }
  return failure;
}

/** Not the message of fetch, in which the address may stand. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? 'no connection';
}
