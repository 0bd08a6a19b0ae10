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
import { hostname } from 'node:os';
import { join } from 'node:path';
import { asideName, readJsonObject, writeJson } from '../base/files.ts';
import { jobsFolder } from './jobs.ts';

/**
 * What a batch's tasks run; a job finds it by its path. What orchestrator and jobs share of it is in the folder `jobs`, with one writer a
 * file:
 *
 *   <key>.json            orchestrator  the batch
 *   <key>.<task>.claim    job           made exclusively by the one job that runs the task, or by the orchestrator that takes it back
 *   <key>.<task>.end      job           how its trainer ended
 *   <key>.<task>.stop     orchestrator  the trainer is to save and end
 *   <key>.<job>.out       engine        what the job printed besides its trainers
 */
export interface Batch {
  /** 2: a job has several tasks. */
  version: 1 | 2;
  key: string;
  /** Folder of the runs, relative to the folder of this file. */
  folder: string;
  runs: string[];
  /** Tasks that a job runs one after another; one if left out. */
  per_job?: number;
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
  /** Of Kubernetes: the exit code by which it starts a job again that it told to end. */
  again_code?: number;
  /** The job sends its run to MLflow: the folder of the run folders. */
  track?: string;
}

export const batchFile = (folder: string, key: string): string => join(jobsFolder(folder), `${key}.json`);

export function writeBatch(folder: string, batch: Omit<Batch, 'version'>): void {
  const version = (batch.per_job ?? 1) > 1 ? 2 : 1;
  writeJson(batchFile(folder, batch.key), { version, ...batch } satisfies Batch, { indent: 0 });
}

/** Undefined where it is not there, or not yet. */
export function readBatch(file: string): Batch | undefined {
  const value = readJsonObject(file);
  const known = value?.version === 1 || value?.version === 2;
  return known && Array.isArray(value.runs) ? (value as unknown as Batch) : undefined;
}

/** The job that runs a task. */
export interface Claim {
  /** As the engine names it: `12_3` of Slurm, a submission id of Ray; empty where the orchestrator has taken the task back. */
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
  /** Its job had to end before its turn came: it is free for another. */
  unbegun?: true;
  /** What the trainer took, by its machine's clock. */
  seconds?: number;
  /** Bytes of the run's events by then: on another machine they may be seen later than this file. */
  events?: number;
}

/** Frees a claim that was made after its task had ended and its files were removed. */
export const dropClaim = (jobs: string, key: string, task: number): void =>
  rmSync(taskFile(jobs, key, task, 'claim'), { force: true });

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

/** Takes back a task that no job has claimed: none will run it any more. False where a job has it. */
export const withdrawTask = (jobs: string, key: string, task: number): boolean =>
  (claimTask(jobs, key, task, { job: '', restart: 0, host: hostname(), time: Date.now() })?.job ?? '') === '';

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

/** The last words of a job besides its trainers'; the engine writes them. */
export function jobOutput(jobs: string, key: string, job: number): string {
  try {
    return readFileSync(join(jobs, `${key}.${job}.out`), 'utf8')
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
