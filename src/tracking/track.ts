import { setTimeout as sleep } from 'node:timers/promises';
import { readManifest } from '../record/index.ts';
import { Follower, type FollowOptions, mayPass, type Sender } from './follow.ts';
import { readCursor } from './mlflow/cursor.ts';
import type { ExperimentOptions, Session } from './mlflow/session.ts';
import type { Target } from './target.ts';
import { targetOf } from './target.ts';
import type {
  Closed,
  SweepTracker,
  Tracker,
  TrackOptions,
  TrackRun,
  TrackRunOfSweep,
  TrackSweep,
} from './tracker.ts';

/** Follows a run's record and sends it to MLflow: see Tracker. */
export const trackRun: TrackRun = ({ runDir, ...options }) => {
  const target = chooseTarget(options);
  if (!target) return nothing;
  const link = new Link(target, options);
  return link.follow(runDir, (session, signal) =>
    runSender(session, signal, { runDir, config: options.config }),
  );
};

/**
 * Follows one run of a sweep from another process than that which follows the sweep: its parent in MLflow is the one that the sweep's
 * folder names. One that names none within a while has none.
 */
export const trackRunOfSweep: TrackRunOfSweep = ({ runDir, sweepDir, ...options }) => {
  const target = chooseTarget(options);
  if (!target) return nothing;
  const link = new Link(target, options);
  return link.follow(runDir, async (session, signal) => {
    const parent = await recordedParent(sweepDir, session, signal);
    return runSender(session, signal, { runDir, config: options.config, ...(parent ? { parent } : {}) });
  });
};

/** Milliseconds for which the sweep's own run is waited for. */
const PARENT = { longest: 60_000, interval: 1000 };

async function recordedParent(
  sweepDir: string,
  { target }: Session,
  signal: AbortSignal,
): Promise<string | undefined> {
  // A run of its own has no sweep above it.
  if (!readManifest(sweepDir)) return undefined;
  for (let waited = 0; waited < PARENT.longest && !signal.aborted; waited += PARENT.interval) {
    const parent = readCursor(sweepDir)?.sent[target]?.run;
    if (parent !== undefined) return parent;
    await sleep(PARENT.interval, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

/** Follows a sweep and its runs: see SweepTracker. */
export const trackSweep: TrackSweep = ({ sweepDir, ...options }) => {
  const target = chooseTarget(options);
  if (!target) return { url: undefined, run: () => nothing, close: nothing.close };
  const link = new Link(target, options);
  const parent = new Parent();
  const own = link.follow(sweepDir, async (session, signal) => {
    const { SweepSync } = await import('./mlflow/sweep-sync.ts');
    const client = session.client.with({ signal });
    try {
      const experiment = await session.experiment(experimentOf(options.config));
      const sync = new SweepSync({ sweepDir, client, target: session.target, experiment });
      parent.found((await sync.open()).id);
      return { pass: (pass) => sync.pass(pass), url: () => pageOf(session, sync.run?.sent) };
    } catch (error) {
      // It is not tried again, and neither are its runs, which would wait for it.
      if (!mayPass(error)) parent.lost(error);
      throw error;
    }
  });
  const children = new Set<Tracker>();
  return {
    get url() {
      return own.url;
    },
    run: (runDir) => {
      const child = link.follow(runDir, async (session, signal) =>
        runSender(session, signal, { runDir, config: options.config, parent: await parent.id(signal) }),
      );
      children.add(child);
      const close: Tracker['close'] = async (closing) => {
        const closed = await child.close(closing);
        children.delete(child);
        return closed;
      };
      return {
        get url() {
          return child.url;
        },
        close,
      };
    },
    close: async (closing): Promise<Closed> => {
      // All at once: there is one limit for the whole, and what the sweep's own run shows is read from the folders.
      const closed = Promise.all([...children].map((child) => child.close(closing)));
      const sweep = await own.close(closing);
      const unsent = (await closed).find(({ sent }) => !sent);
      return unsent ? { ...sweep, ...unsent, url: sweep.url } : sweep;
    },
  } satisfies SweepTracker;
};

const nothing: Tracker = { url: undefined, close: async () => ({ sent: true }) };

/** Undefined if nothing is sent: tracking is off, or its address is none, which is reported. */
function chooseTarget({ config, note }: TrackOptions): Exclude<Target, { kind: 'off' }> | undefined {
  try {
    const target = targetOf(config.tracking.mlflow);
    return target.kind === 'off' ? undefined : target;
  } catch (error) {
    const { message, found, remedy } = error as { message: string; found?: string; remedy?: string };
    note(`MLflow: ${message} (${found}) ${remedy} Training continues without it.`);
    return undefined;
  }
}

/** Seconds from the start for a server's first answer; at the end of a run, one that has not given any is not waited for. */
const FIRST_ANSWER = 5;

/** One server for all that a command sends, asked for once; each thing is reported once. */
class Link {
  private readonly target: Exclude<Target, { kind: 'off' }>;
  private readonly options: TrackOptions;
  private readonly said = new Set<string>();
  private readonly begun = performance.now();
  private answered = false;
  private opening: Promise<Session> | undefined;
  private phase: string | undefined;

  constructor(target: Exclude<Target, { kind: 'off' }>, options: TrackOptions) {
    this.target = target;
    this.options = options;
  }

  /** Sends a folder's record in the background, by what `make` returns once the server answers. */
  follow(dir: string, make: FollowOptions['make']): Follower {
    const { note, slow, waiting, patience } = this;
    return new Follower({
      dir,
      make,
      session: (signal) => this.session(signal),
      ...{ note, slow, waiting, patience },
    });
  }

  /** Asked for again after a failure: the server may have come back elsewhere. Those who ask at once wait for one answer. */
  private async session(signal: AbortSignal): Promise<Session> {
    for (;;) {
      const opening = this.opening ?? this.open(signal);
      this.opening = opening;
      const forget = () => {
        if (this.opening === opening) this.opening = undefined;
      };
      opening.then(forget, forget);
      try {
        return await until(opening, signal);
      } catch (error) {
        // Whoever opened it has ended; this one has not.
        if (signal.aborted || (error as Error).name !== 'AbortError') throw error;
      }
    }
  }

  private readonly note = (line: string): void => {
    if (this.said.has(line)) return;
    this.said.add(line);
    this.options.note(line);
  };

  private readonly slow = (): string | undefined =>
    this.phase === 'installing' ? 'MLflow is still being installed in the background' : undefined;

  private readonly waiting = (): string | undefined =>
    this.phase === 'none' || this.phase === 'starting' ? 'its local server to start' : undefined;

  private readonly patience = (): number | undefined =>
    // The local server's start is waited for as is said.
    this.answered || this.target.kind === 'local'
      ? undefined
      : Math.max(0, FIRST_ANSWER - (performance.now() - this.begun) / 1000);

  private async open(signal: AbortSignal): Promise<Session> {
    const { Session } = await import('./mlflow/session.ts');
    const session = await Session.open(this.target, {
      runs: this.options.runs,
      // Whoever follows tries again by itself.
      policy: { retries: 2, backoff: 0.5, timeout: 60 },
      signal,
      onPhase: (phase) => {
        this.phase = phase;
        if (phase === 'installing')
          this.note(
            'MLflow: being installed in the background (once, about 600 MB); training does not wait.',
          );
        if (phase === 'none') this.note('MLflow: its local server is started in the background.');
      },
    });
    this.phase = 'ready';
    this.answered = true;
    return session;
  }
}

/** The id of the sweep's run, once it is there. */
class Parent {
  private resolve: (id: string) => void = () => {};
  private reject: (reason: unknown) => void = () => {};
  private readonly ready = new Promise<string>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  found(id: string): void {
    this.resolve(id);
  }

  /** It will not be there. */
  lost(reason: unknown): void {
    this.ready.catch(() => {});
    this.reject(reason);
  }

  id(signal: AbortSignal): Promise<string> {
    return until(this.ready, signal);
  }
}

/** A promise's outcome, or the signal's reason where that comes first. */
function until<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

const experimentOf = ({ tracking, trainer }: TrackOptions['config']): ExperimentOptions => ({
  ...tracking,
  own: trainer?.command === undefined,
});

async function runSender(
  session: Session,
  signal: AbortSignal,
  { runDir, config, parent }: { runDir: string; config: TrackOptions['config']; parent?: string },
): Promise<Sender> {
  const { RunSync } = await import('./mlflow/run-sync.ts');
  const client = session.client.with({ signal });
  const experiment = await session.experiment(experimentOf(config));
  const sync = new RunSync({ runDir, client, target: session.target, experiment, parent });
  return { pass: (pass) => sync.pass(pass), url: () => pageOf(session, sync.run?.sent) };
}

function pageOf(
  { pages }: Session,
  sent: { experiment: string; run: string } | undefined,
): string | undefined {
  return sent && pages.run(sent.experiment, sent.run);
}
