import { basename, dirname, join } from 'node:path';
import { LineWriter, readLines } from '../base/lines.ts';

/**
 * `jobs.jsonl`, which a sweep's orchestrator alone appends to: the batches that it gave to a cluster's engine. A task of a batch trains
 * one run; a job of it runs `per_job` tasks one after another, task 0 and those that follow being job 0's.
 */
export type JobEntry =
  /** Written before the engine is called: under this key there may be jobs from now on. `from`: bytes of each run's events by then. */
  | {
      type: 'submitting';
      time: number;
      launcher: string;
      key: string;
      kind: number;
      runs: string[];
      from: number[];
      /** One if left out. */
      per_job?: number;
      /** Of an engine that has one. */
      address?: string;
    }
  | { type: 'submitted'; time: number; key: string; id: string }
  /** The engine has none under this key, and will not have. */
  | { type: 'refused'; time: number; key: string; message: string }
  | { type: 'ended'; time: number; key: string; task: number };

const types: ReadonlySet<string> = new Set(['submitting', 'submitted', 'refused', 'ended']);

export const jobsFile = (folder: string): string => join(folder, 'jobs.jsonl');
export const jobsFolder = (folder: string): string => join(folder, 'jobs');

/** Lines that are none are left out: a crash tears the last one only. */
export function readJobs(folder: string): JobEntry[] {
  return readLines(jobsFile(folder)).filter((line): line is JobEntry => {
    const { type, key } = line as { type?: unknown; key?: unknown };
    return types.has(String(type)) && typeof key === 'string';
  });
}

/** Appends entries. Those that a restart depends on, and with `sync` any, are on the disk when `write` returns. */
export class JobsWriter {
  private readonly writer: LineWriter;

  constructor(folder: string) {
    this.writer = new LineWriter(jobsFile(folder));
  }

  write(entry: JobEntry, { sync = entry.type !== 'ended' } = {}): void {
    this.writer.write(entry);
    if (sync) this.writer.sync();
  }

  close(): void {
    this.writer.close();
  }
}

/** A batch that was given to an engine and whose tasks have not all ended. */
export interface OpenBatch {
  key: string;
  launcher: string;
  kind: number;
  time: number;
  /** Of the engine; undefined while it is not known whether it has the batch. */
  id?: string;
  /** Names of run folders by task, and where in their events the start begins. */
  runs: string[];
  from: number[];
  per_job?: number;
  address?: string;
  ended: Set<number>;
}

type Division = Pick<OpenBatch, 'runs' | 'per_job'>;

/** The number of the job that runs a task. */
export const jobOfTask = ({ per_job = 1 }: Pick<Division, 'per_job'>, task: number): number =>
  Math.floor(task / per_job);

export const countJobs = ({ runs, per_job = 1 }: Division): number => Math.ceil(runs.length / per_job);

/** The tasks of a job, in their order; none of a job that the batch does not have. */
export function tasksOfJob({ runs, per_job = 1 }: Division, job: number): number[] {
  const count = Math.max(0, Math.min(per_job, runs.length - job * per_job));
  return Array.from({ length: count }, (_, i) => job * per_job + i);
}

/** Whether all tasks of a job have ended. */
export const isJobOver = (batch: Division & Pick<OpenBatch, 'ended'>, job: number): boolean =>
  tasksOfJob(batch, job).every((task) => batch.ended.has(task));

/** The batches of a folder that have tasks without an end. */
export const openBatches = (folder: string): OpenBatch[] =>
  [...readBatches(folder).values()].filter(({ runs, ended }) => ended.size < runs.length);

/** By their keys; those that the engine has refused are left out. */
export function readBatches(folder: string): Map<string, OpenBatch> {
  const batches = new Map<string, OpenBatch>();
  for (const entry of readJobs(folder)) {
    if (entry.type === 'submitting') {
      const { type: _, ...batch } = entry;
      // Submitted again under its key.
      const ended = batches.get(entry.key)?.ended ?? new Set<number>();
      if (Array.isArray(batch.runs)) batches.set(entry.key, { ...batch, ended });
      continue;
    }
    const batch = batches.get(entry.key);
    if (!batch) continue;
    if (entry.type === 'submitted') batch.id = entry.id;
    if (entry.type === 'refused') batches.delete(entry.key);
    if (entry.type === 'ended') batch.ended.add(entry.task);
  }
  return batches;
}

/** Whether a task has ended, or was withdrawn, by the journal: a job of it that comes late has nothing to do. */
export const isTaskOver = (folder: string, key: string, task: number): boolean =>
  readJobs(folder).some(
    (entry) =>
      entry.key === key && (entry.type === 'refused' || (entry.type === 'ended' && entry.task === task)),
  );

/** Whether a cluster may have a job for a run: its folder, or that of its sweep, has an open batch with it. */
export function hasOpenJob(runDir: string): boolean {
  const name = basename(runDir);
  return [runDir, dirname(runDir)].some((folder) =>
    openBatches(folder).some(({ runs, ended }) => runs.some((run, task) => run === name && !ended.has(task))),
  );
}
