import { basename, dirname } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import {
  type Engine,
  EngineError,
  type Explanation,
  type JobState,
  nameOf,
  type Reference,
  type RunningJob,
  type Submission,
} from '../engine.ts';
import { kindsOf, type SlurmContext, sbatchArguments, sbatchScript } from './arguments.ts';
import { callSlurm } from './call.ts';
import { explainState, phaseOf } from './states.ts';

/** Names that squeue is asked for at once; with more all jobs of the user are listed. */
const NAMES = 50;
const SEPARATOR = '|';
/** What is left of an array, in scontrol's words: its elements that did not begin. */
const WHOLE = /\bArrayTaskId=4294967294\b/;
/** Columns of squeue where its short format has no letter for them. */
const WIDTHS = { ArrayJobID: 24, ArrayTaskID: 24, Name: 256, STDOUT: 4096 };
/** What `sbatch --test-only` also says while nodes are down. */
const forNow =
  /Requested node configuration is not available|Required node not available|Nodes required for job are DOWN/;
/** States of a node that answers and takes jobs. */
const present = /^(idle|mixed|allocated|completing)$/;
/** Which of two jobs of one name and number counts: one was submitted twice, and the other ends by itself. */
const order = { running: 3, waiting: 2, held: 1, ended: 0 } as const;

/**
 * Slurm by its programs: sbatch, squeue, sacct or scontrol where there is no accounting, and scancel. Jobs are found by their name, which is
 * the key: their ids are used again some day.
 */
export class SlurmEngine implements Engine {
  readonly name = 'slurm';
  calls = 0;
  private size: Promise<number> | undefined;
  private accounting = true;
  private readonly context: SlurmContext | undefined;

  /** `context`: what jobs ask for; one that only looks and cancels needs none. `folder`: of Slurm's programs, if not those on PATH. */
  constructor(
    context?: SlurmContext,
    private readonly folder?: string,
  ) {
    this.context = context;
  }

  /** Throws FacecomError `slurm-missing` and `slurm-refused`. */
  async check(): Promise<string[]> {
    const context = this.context!;
    const { options, resources } = context;
    try {
      if (options.gres === undefined && resources.device !== 'cpu' && resources.gpus > 0)
        context.gpus = await this.hasGpus();
      for (const [kind] of kindsOf(options).entries()) {
        const submission = { key: 'fc-check', jobs: 1, kind, script: '', out: '/dev/null{job}' };
        await this.call(
          'sbatch',
          ['--test-only', ...sbatchArguments(context, submission)],
          sbatchScript(':\n'),
        );
      }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // Its programs are there, but belong to no cluster.
      if (/not on PATH|configuration source/.test(error.message)) throw missing(error);
      const isForNow = forNow.test(error.message) && !(await this.isWhole());
      if (error.kind === 'refused' && !isForNow) throw refused(error);
      return [`${error.message}. Jobs are submitted all the same.`];
    }
    return [];
  }

  batchSize(): Promise<number> {
    this.size ??= this.call('scontrol', ['show', 'config']).then(
      (text) => Math.max(1, Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1] ?? 1001) - 1),
      () => {
        // Slurm's default, until it answers.
        this.size = undefined;
        return 1000;
      },
    );
    return this.size;
  }

  async submit(submission: Submission): Promise<string> {
    const output = await this.call(
      'sbatch',
      sbatchArguments(this.context!, submission),
      sbatchScript(submission.script),
    );
    const id = /^(\d+)(;|$)/.exec(output.trim().split('\n').at(-1) ?? '')?.[1];
    if (id === undefined) throw new EngineError('unknown', `sbatch gave no job id: ${output.slice(0, 200)}`);
    return id;
  }

  async find(key: string, since: number): Promise<string[]> {
    const queue = await this.call('squeue', ['-h', '--me', '-t', 'all', `--name=${key}`, '-o', '%F']);
    const ids = words(queue);
    if (ids.length > 0 || !this.accounting) return ids;
    // Clocks may be apart by minutes; the key is nobody else's.
    const start = new Date(since - 24 * 3600_000).toISOString().slice(0, 19);
    const format = ['-X', '-n', '--parsable2', `--name=${key}`, '-S', start, '-o', 'JobID'];
    return words(await this.account(format)).map((id) => id.split('_')[0]!);
  }

  async poll(batches: readonly Reference[]): Promise<Map<string, JobState>> {
    const names = batches.length <= NAMES ? [`--name=${batches.map(({ key }) => key).join(',')}`] : [];
    const format = ['%K', '%T', '%r', '%j'].join(SEPARATOR);
    const text = await this.call('squeue', ['-h', '--me', '-t', 'all', '-r', ...names, '-o', format]);
    const known = new Map(batches.map(({ key, jobs }) => [key, jobs]));
    const found = new Map<string, JobState>();
    const rest = new Map<string, JobState>();
    for (const line of text.split('\n')) {
      const [job, state, reason, name] = line.split(SEPARATOR);
      if (name === undefined || !known.has(name)) continue;
      const phase = phaseOf(state!, reason);
      // What waited of an array when all of that was cancelled has no numbers any more.
      if (!/^\d+$/.test(job!)) {
        rest.set(name, { phase, state: state!, reason });
        continue;
      }
      const id = nameOf(name, Number(job));
      const before = found.get(id);
      if (!before || order[phase] > order[before.phase]) found.set(id, { phase, state: state!, reason });
    }
    for (const [key, state] of rest)
      for (const job of known.get(key)!) {
        const id = nameOf(key, job);
        if (!found.has(id)) found.set(id, state);
      }
    return found;
  }

  async running(): Promise<RunningJob[]> {
    const fields = Object.entries(WIDTHS).map(([name, width]) => `${name}:${width}`);
    const text = await this.call('squeue', ['-h', '--me', '-t', 'RUNNING', '-r', '-O', fields.join(',')]);
    return text.split('\n').flatMap((line) => {
      let at = 0;
      const [id, job, key, out] = Object.values(WIDTHS).map((width) => {
        at += width;
        return line.slice(at - width, at).trim();
      }) as [string, string, string, string];
      const own = key !== '' && basename(out).startsWith(`${key}.`) && /^\d+$/.test(job);
      return own ? [{ key, id, job: Number(job), folder: dirname(out).replaceAll('%%', '%') }] : [];
    });
  }

  async explain(
    { key, id }: Reference,
    job: number,
    given: string | undefined,
  ): Promise<Explanation | undefined> {
    const name = given ?? `${id ?? key}_${job}`;
    const format = ['-X', '-n', '--parsable2', '-j', name, '-o', 'State,ExitCode,Reason,JobName'];
    // The number may be another job's by now.
    const own = (text: string) => text.split('\n').find((row) => row.endsWith(SEPARATOR + key));
    const row =
      own(await this.account(format)) ??
      own(await this.shown(name)) ??
      own(await this.shown(id ?? name.replace(/_\d+$/, ''), WHOLE));
    if (row === undefined) return undefined;
    const [state = '', exit, reason] = row.split(SEPARATOR);
    return explainState(name, state, { exit, reason });
  }

  async cancel(batches: readonly Reference[], how: 'save' | 'kill'): Promise<void> {
    for (const { key, id, jobs } of batches) {
      if (id === undefined) continue;
      for (let at = 0; at < jobs.length; at += 500) {
        // By both: the number may be another job's by now.
        const some = [`--name=${key}`, ...jobs.slice(at, at + 500).map((job) => `${id}_${job}`)];
        if (how === 'kill') await this.cancelSome(some);
        else {
          await this.cancelSome(['--state=PENDING', ...some]);
          await this.cancelSome(['--signal=TERM', '--batch', '--state=RUNNING', ...some]);
        }
      }
    }
  }

  private async cancelSome(args: string[]): Promise<void> {
    await this.call('scancel', ['--quiet', ...args]).catch((error: EngineError) => {
      // What has ended meanwhile is no longer there to be cancelled.
      if (error.kind !== 'refused') throw error;
    });
  }

  private call(program: string, args: readonly string[], input?: string): Promise<string> {
    this.calls++;
    return callSlurm(program, args, { input, folder: this.folder });
  }

  /** Of sacct; nothing where there is no accounting, or it is down. */
  private async account(args: string[]): Promise<string> {
    if (!this.accounting) return '';
    return this.call('sacct', args).catch((error: EngineError) => {
      if (/accounting storage is disabled|not on PATH/i.test(error.message)) this.accounting = false;
      return '';
    });
  }

  /** What the controller remembers of a job for some minutes, in the form of sacct. */
  private async shown(job: string, which = /(?:)/): Promise<string> {
    const all = await this.call('scontrol', ['show', 'job', '-o', job]).catch((error: EngineError) => {
      if (error.kind === 'unknown') throw error;
      return '';
    });
    const text = all.split('\n').find((line) => which.test(line)) ?? '';
    const value = (name: string) => new RegExp(`\\b${name}=(\\S*)`).exec(text)?.[1] ?? '';
    return ['JobState', 'ExitCode', 'Reason', 'JobName'].map(value).join(SEPARATOR);
  }

  private async hasGpus(): Promise<boolean> {
    return /\bgpu\b/.test(await this.nodes('%G'));
  }

  /** No node is away, for now or for ever: what there is not there will not be. */
  private async isWhole(): Promise<boolean> {
    const states = words(await this.nodes('%T').catch(() => ''));
    return states.length > 0 && states.every((state) => present.test(state));
  }

  private nodes(column: string): Promise<string> {
    const { partition } = this.context!.options;
    const of = partition === undefined ? [] : [`--partition=${partition}`];
    return this.call('sinfo', ['-h', ...of, '-o', column]);
  }
}

const words = (text: string): string[] => [...new Set(text.split(/\s+/).filter((word) => word !== ''))];

function missing(error: EngineError): FacecomError {
  return new FacecomError('slurm-missing', 'Slurm was not found on this machine.', {
    found: error.message,
    expected: 'sbatch, squeue and scancel on PATH, and the configuration of a cluster (slurm.conf)',
    remedy: "Start it on the cluster's login node, load Slurm's module, or use --launcher local.",
    exitCode: 2,
  });
}

function refused(error: EngineError): FacecomError {
  return new FacecomError('slurm-refused', 'Slurm does not take jobs of this kind.', {
    found: error.message,
    expected: 'a partition, account, quality of service and resources that sinfo and sacctmgr list',
    remedy:
      'Correct resources.launcher, or what resources ask for (cpus, memory, gpus); nothing was submitted.',
    exitCode: 2,
  });
}
