import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asideName, readJsonObject, writeJson } from '../base/files.ts';
import { LineWriter, readLines } from '../base/lines.ts';

/**
 * What a sweep's orchestrator and the jobs of a cluster share: `jobs.jsonl`, which the orchestrator alone appends to, and the folder
 * `jobs`, with one writer a file:
 *
 *   <key>.json            orchestrator  a batch: what its tasks run
 *   <key>.<task>.claim    job           made exclusively by the one job that runs the task
 *   <key>.<task>.end      job           how its trainer ended
 *   <key>.<task>.stop     orchestrator  the trainer is to save and end
 *   <key>.<task>.out      engine        what the job printed besides its trainer
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

/** Appends entries. Those that a restart depends on are on the disk when `write` returns. */
export class JobsWriter {
  private readonly writer: LineWriter;

  constructor(folder: string) {
    this.writer = new LineWriter(jobsFile(folder));
  }

  write(entry: JobEntry): void {
    this.writer.write(entry);
    if (entry.type !== 'ended') this.writer.sync();
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
  address?: string;
  ended: Set<number>;
}

/** The batches of a folder that have tasks without an end. */
export function openBatches(folder: string): OpenBatch[] {
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
  return [...batches.values()].filter(({ runs, ended }) => ended.size < runs.length);
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

/** What a batch's tasks run; a job finds it by its path. */
export interface Batch {
  version: 1;
  key: string;
  /** Folder of the runs, relative to the folder of this file. */
  folder: string;
  runs: string[];
  /** Program and arguments of the trainer, its variables (null takes one away) and where it starts. */
  command: string[];
  env: Record<string, string | null>;
  cwd: string;
  /** Seconds. */
  grace: number;
  visibility: number;
  /** Of Slurm: seconds before the limit at which the job is told, and how often it may be queued again. */
  lead?: number;
  requeues?: number;
  /** The job sends its run to MLflow: the folder of the run folders. */
  track?: string;
}

export const batchFile = (folder: string, key: string): string => join(jobsFolder(folder), `${key}.json`);

export const writeBatch = (folder: string, batch: Batch): void =>
  writeJson(batchFile(folder, batch.key), batch, { indent: 0 });

/** Undefined where it is not there, or not yet. */
export function readBatch(file: string): Batch | undefined {
  const value = readJsonObject(file);
  return value?.version === 1 && Array.isArray(value.runs) ? (value as unknown as Batch) : undefined;
}

/** The job that runs a task. */
export interface Claim {
  /** As the engine names it: `12_3` of Slurm, a submission id of Ray. */
  job: string;
  /** How often the engine had started the job before. */
  restart: number;
  host: string;
  time: number;
}

/** How a task's trainer ended. */
export interface TaskEnd {
  code?: number;
  signal?: string;
  /** Why it did not even start. */
  error?: string;
  /** Ended because the engine told the job to. */
  told?: string;
  /** Bytes of the run's events by then: on another machine they may be seen later than this file. */
  events?: number;
}

const taskFile = (jobs: string, key: string, task: number, what: string): string =>
  join(jobs, `${key}.${task}.${what}`);

/**
 * Claims a task: undefined where this job has it now, else the job that has. The claim is linked into place whole, which shared file
 * systems refuse to the second.
 */
export function claimTask(jobs: string, key: string, task: number, claim: Claim): Claim | undefined {
  const file = taskFile(jobs, key, task, 'claim');
  const aside = asideName(file);
  const fd = openSync(aside, 'wx');
  try {
    writeSync(fd, `${JSON.stringify(claim)}\n`);
    fsyncSync(fd);
    linkSync(aside, file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readClaim(jobs, key, task) ?? { job: 'unknown', restart: 0, host: '', time: 0 };
  } finally {
    closeSync(fd);
    rmSync(aside, { force: true });
  }
}

/** A job that the engine starts again has its own claim already. */
export const renewClaim = (jobs: string, key: string, task: number, claim: Claim): void =>
  writeJson(taskFile(jobs, key, task, 'claim'), claim, { indent: 0 });

export function readClaim(jobs: string, key: string, task: number): Claim | undefined {
  const value = readJsonObject(taskFile(jobs, key, task, 'claim'));
  return typeof value?.job === 'string' ? (value as unknown as Claim) : undefined;
}

export const writeEnd = (jobs: string, key: string, task: number, end: TaskEnd): void =>
  writeJson(taskFile(jobs, key, task, 'end'), end, { indent: 0 });

export function readEnd(jobs: string, key: string, task: number): TaskEnd | undefined {
  return readJsonObject(taskFile(jobs, key, task, 'end')) as TaskEnd | undefined;
}

export const askToStop = (jobs: string, key: string, task: number, how: 'save' | 'kill'): void =>
  writeJson(taskFile(jobs, key, task, 'stop'), { how }, { indent: 0 });

/** Whether a task is to end, and how. */
export function stopAsked(jobs: string, key: string, task: number): 'save' | 'kill' | undefined {
  const request = readJsonObject(taskFile(jobs, key, task, 'stop'));
  return request && (request.how === 'kill' ? 'kill' : 'save');
}

/** The last words of a job besides its trainer's; the engine writes them. */
export function jobOutput(jobs: string, key: string, task: number): string {
  try {
    return readFileSync(taskFile(jobs, key, task, 'out'), 'utf8')
      .slice(-4000)
      .trim();
  } catch {
    return '';
  }
}

/** What is there of each task, by `<key>.<task>`, from one listing: opened anew, for attributes of single files may be old ones. */
export function listTasks(jobs: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  let names: string[];
  try {
    names = readdirSync(jobs);
  } catch {
    return found;
  }
  for (const name of names) {
    const match = /^(.+\.\d+)\.(claim|end|stop)$/.exec(name);
    if (!match) continue;
    const parts = found.get(match[1]!);
    if (parts) parts.add(match[2]!);
    else found.set(match[1]!, new Set([match[2]!]));
  }
  return found;
}

/** Removes the files of a batch whose tasks have all ended: a job of it that comes late finds nothing to do. */
export function removeBatch(folder: string, key: string): void {
  const jobs = jobsFolder(folder);
  rmSync(batchFile(folder, key), { force: true });
  for (const name of readdirSync(jobs))
    if (name.startsWith(`${key}.`)) rmSync(join(jobs, name), { force: true });
}
