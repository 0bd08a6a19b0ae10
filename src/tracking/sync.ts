import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { endOf } from '../base/lines.ts';
import { withLock } from '../base/lock.ts';
import { eventsFile, readManifest, runFoldersUnder, runName, systemFile } from '../record/index.ts';
import { sentence } from './follow.ts';
import { MlflowClient } from './mlflow/client.ts';
import { connect } from './mlflow/connection.ts';
import { readCursor } from './mlflow/cursor.ts';
import { findServer } from './mlflow/local/server.ts';
import { lacksModel } from './mlflow/logged-model.ts';
import type { Counts, RemoteRun } from './mlflow/remote-run.ts';
import { isOwn, readRunRecord, statusOf } from './mlflow/run-record.ts';
import { artifactsOf, RunSync } from './mlflow/run-sync.ts';
import { type ExperimentOptions, localTarget, Session, type SessionOptions } from './mlflow/session.ts';
import { SweepSync } from './mlflow/sweep-sync.ts';
import { type Target, targetOf } from './target.ts';

export interface SyncOptions extends Pick<SessionOptions, 'runs' | 'signal' | 'onPhase'> {
  runDirs: readonly string[];
  /** Sweeps whose trials are all links to those of others, in which these are sent. */
  linkedSweeps?: readonly string[];
  /** A server's address (or auto) in place of what each run says. */
  uri?: string;
  /** Only runs that go to this kind of server. */
  only?: 'local';
  /** Asks the server also about runs of which everything was sent. */
  check?: boolean;
  /** Restores what was deleted in MLflow. */
  restore?: boolean;
  onRow?: (row: SyncRow) => void;
}

/** What became of one run, or of a sweep's own. */
export interface SyncRow {
  run: string;
  /** `busy`: another process is sending it. `off`: its tracking is off. */
  status: 'sent' | 'up-to-date' | 'busy' | 'off' | 'deleted' | 'failed';
  url?: string;
  sent?: Counts;
  /** Why it failed, or what of it could not be sent. */
  reason?: string;
  remedy?: string;
  code?: string;
}

/** Sends what was not sent of each run, a sweep's own run before its children. Returns what became of each; throws nothing of a server's. */
export async function syncRuns(options: SyncOptions): Promise<SyncRow[]> {
  const rows: SyncRow[] = [];
  const links = new Links(options);
  const add = (row: SyncRow) => {
    rows.push(row);
    options.onRow?.(row);
  };
  for (const [sweepDir, runDirs] of bySweep(options.runDirs)) {
    const pending = runDirs.map((runDir) => new RunTask(runDir, options));
    const open = pending.filter((task) => task.prepare());
    for (const task of pending) if (task.row) add(task.row);
    if (open.length === 0) continue;
    const sweep = sweepDir === undefined ? undefined : new SweepTask(sweepDir, open[0]!, links, options);
    const sent: SyncRow[] = [];
    for (const task of open) {
      sent.push(await task.send(links, sweep));
      add(sent.at(-1)!);
    }
    if (sweep) add(await sweep.finish(sent));
  }
  for (const sweepDir of options.linkedSweeps ?? []) {
    const row = await sendLinked(sweepDir, links, options);
    if (row) add(row);
  }
  return rows;
}

/** Sends what is a sweep's own, after the trials that it shows; undefined if they are not sent or it is there already. */
async function sendLinked(
  sweepDir: string,
  links: Links,
  options: SyncOptions,
): Promise<SyncRow | undefined> {
  const [first] = runFoldersUnder(sweepDir);
  const task = first === undefined ? undefined : new RunTask(realpathSync(first), options);
  if (!task?.prepare()) return undefined;
  try {
    const target = task.target.kind === 'local' ? localTarget(options.runs) : connect(task.target.uri).base;
    const sent = target === undefined ? undefined : readCursor(sweepDir)?.sent[target];
    if (sent?.status === 'FINISHED' && !options.check && !options.restore) return undefined;
    const sweep = new SweepTask(sweepDir, task, links, options);
    await sweep.parent(await links.open(task.target));
    return await sweep.finish([]);
  } catch (error) {
    options.signal?.throwIfAborted();
    return failed(basename(sweepDir), error);
  }
}

/** Runs of sweeps by their sweep's folder; the others under undefined. */
function bySweep(runDirs: readonly string[]): Map<string | undefined, string[]> {
  const trials = new Map<string, Set<string> | undefined>();
  const groups = new Map<string | undefined, string[]>();
  for (const runDir of runDirs) {
    const folder = dirname(runDir);
    if (!trials.has(folder)) {
      const manifest = readManifest(folder);
      trials.set(folder, manifest && new Set(manifest.trials.map(({ id }) => id)));
    }
    const known = trials.get(folder)?.has(runName(runDir)?.trial ?? '');
    const key = known ? folder : undefined;
    groups.set(key, [...(groups.get(key) ?? []), runDir]);
  }
  return groups;
}

/** The servers that are spoken to, each opened once; one that failed is not tried again. */
class Links {
  private readonly sessions = new Map<string, Promise<Session>>();
  private readonly lost = new Map<string, Promise<boolean>>();
  private readonly options: SyncOptions;

  constructor(options: SyncOptions) {
    this.options = options;
  }

  open(target: Exclude<Target, { kind: 'off' }>): Promise<Session> {
    const key = target.kind === 'local' ? '' : target.uri;
    let session = this.sessions.get(key);
    if (!session) {
      const { runs, signal, onPhase } = this.options;
      // Someone waits for the answer: not as long as a job in the background would.
      const policy = { retries: 3, backoff: 1, timeout: 60 };
      session = Session.open(target, { runs, policy, signal, onPhase });
      session.catch(() => {});
      this.sessions.set(key, session);
    }
    return session;
  }

  /**
   * Whether a server no longer has a run that was sent to it: it has lost its data. Asked once a server; one that does not answer at
   * once has lost nothing.
   */
  hasLost(target: Exclude<Target, { kind: 'off' }>, run: string): Promise<boolean> {
    const key = target.kind === 'local' ? '' : target.uri;
    let answer = this.lost.get(key);
    if (!answer) {
      answer = this.ask(target, run).catch(() => false);
      this.lost.set(key, answer);
    }
    return answer;
  }

  private async ask(target: Exclude<Target, { kind: 'off' }>, run: string): Promise<boolean> {
    const { runs, signal } = this.options;
    const base = target.kind === 'local' ? await findServer(runs, signal) : undefined;
    if (target.kind === 'local' && base === undefined) return false;
    const connection = target.kind === 'local' ? { base: base!, headers: {} } : connect(target.uri);
    const client = new MlflowClient(connection, { policy: { retries: 0, backoff: 0, timeout: 5 }, signal });
    return (await client.run(run)) === undefined;
  }
}

class RunTask {
  readonly id: string;
  readonly runDir: string;
  private readonly options: SyncOptions;
  target: Exclude<Target, { kind: 'off' }> = { kind: 'local' };
  tracking: ExperimentOptions = { experiment: 'facecom' };
  row: SyncRow | undefined;

  constructor(runDir: string, options: SyncOptions) {
    this.runDir = runDir;
    this.options = options;
    this.id = `${basename(dirname(runDir))}/${basename(runDir)}`;
  }

  /** Whether there is something to send or to ask; `row` says what else. */
  prepare(): boolean {
    try {
      const record = readRunRecord(this.runDir);
      const { tracking } = record.config;
      this.tracking = { ...this.tracking, ...tracking, own: isOwn(record) };
      const target = targetOf(this.options.uri ?? tracking?.mlflow);
      if (target.kind === 'off') this.row = { run: this.id, status: 'off' };
      else this.target = target;
    } catch (error) {
      this.row = failed(this.id, error);
    }
    if (this.row) return false;
    return this.options.only === undefined || this.target.kind === this.options.only;
  }

  async send(links: Links, sweep: SweepTask | undefined): Promise<SyncRow> {
    const { runDir, id, options } = this;
    try {
      const name = this.target.kind === 'local' ? localTarget(options.runs) : connect(this.target.uri).base;
      const asked = name === undefined || options.check || options.restore;
      const complete = asked ? undefined : await completeRun(runDir, name);
      if (complete !== undefined && !(await links.hasLost(this.target, complete)))
        return { run: id, status: 'up-to-date' };
      const session = await links.open(this.target);
      const parent = await sweep?.parent(session);
      const experiment = await session.experiment(this.tracking);
      const { client, target } = session;
      const sync = new RunSync({ runDir, client, target, experiment, parent, restore: options.restore });
      if (!(await alone(runDir, options.signal, () => sync.pass({ last: true }))))
        return { run: id, status: 'busy' };
      return describe(id, session, sync.run!);
    } catch (error) {
      options.signal?.throwIfAborted();
      return failed(id, error);
    }
  }
}

class SweepTask {
  private readonly sweepDir: string;
  private readonly first: RunTask;
  private readonly links: Links;
  private readonly options: SyncOptions;
  private sync: SweepSync | undefined;

  constructor(sweepDir: string, first: RunTask, links: Links, options: SyncOptions) {
    this.sweepDir = sweepDir;
    this.first = first;
    this.links = links;
    this.options = options;
  }

  async parent(session: Session): Promise<string> {
    if (!this.sync) {
      const { client, target } = session;
      const { sweepDir, options } = this;
      const experiment = await session.experiment(this.first.tracking);
      const sync = new SweepSync({ sweepDir, client, target, experiment, restore: options.restore });
      await alone(sweepDir, options.signal, async () => void (await sync.open()));
      // Another process is at it: it has opened it, or will.
      if (!sync.run) return readCursor(sweepDir)?.sent[target]?.run ?? (await sync.open()).id;
      this.sync = sync;
    }
    return this.sync.run!.id;
  }

  /** Last: what it shows of its runs is then there. */
  async finish(runs: readonly SyncRow[]): Promise<SyncRow> {
    const { sync, sweepDir, options } = this;
    const id = basename(sweepDir);
    // Nothing of it was sent: there was nothing to send, or no server to send it to.
    if (!sync)
      return { ...(runs.find(({ status }) => status === 'failed') ?? { status: 'up-to-date' }), run: id };
    try {
      if (!(await alone(sweepDir, options.signal, () => sync.pass({ last: true }))))
        return { run: id, status: 'busy' };
      return describe(id, await this.links.open(this.first.target), sync.run!);
    } catch (error) {
      options.signal?.throwIfAborted();
      return failed(id, error);
    }
  }
}

/** Does what is to be done with a folder unless another process sends it: then false. */
async function alone(
  dir: string,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<boolean> {
  const other = new AbortController();
  const waiting = signal ? AbortSignal.any([signal, other.signal]) : other.signal;
  try {
    await withLock(join(dir, '.mlflow.lock'), { signal: waiting, onWait: () => other.abort() }, work);
    return true;
  } catch (error) {
    if (other.signal.aborted) return false;
    throw error;
  }
}

/** MLflow's id of a run of which the cursor says that everything was sent; else undefined. */
async function completeRun(runDir: string, target: string): Promise<string | undefined> {
  const sent = readCursor(runDir)?.sent[target];
  if (!sent || sent.status === undefined || sent.status !== statusOf(runDir).status) return undefined;
  if (sent.events !== endOf(eventsFile(runDir))) return undefined;
  if ((sent.system?.bytes ?? 0) !== endOf(systemFile(runDir)) || lacksModel(runDir, sent)) return undefined;
  const files = await artifactsOf(runDir, { log: true });
  const all = files.every(({ path, size, changed }) => {
    const known = sent.artifacts[path];
    return known?.[0] === size && known[1] === changed;
  });
  return all ? sent.run : undefined;
}

function describe(run: string, { pages }: Session, remote: RemoteRun): SyncRow {
  const { experiment, run: id } = remote.sent;
  const { counts, left } = remote;
  const any = Object.values(counts).some((count) => count > 0);
  return {
    run,
    status: any ? 'sent' : 'up-to-date',
    url: pages.run(experiment, id),
    sent: counts,
    ...(left.size > 0 ? { reason: [...left].join(' ') } : {}),
  };
}

function failed(run: string, error: unknown): SyncRow {
  const { code, remedy } = error as { code?: string; remedy?: string };
  return {
    run,
    status: code === 'mlflow-run-deleted' ? 'deleted' : 'failed',
    reason: sentence(error),
    ...(remedy === undefined ? {} : { remedy }),
    ...(code === undefined ? {} : { code }),
  };
}
