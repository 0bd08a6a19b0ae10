import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { isAbsent, makeFolder } from '../base/files.ts';
import { endOf } from '../base/lines.ts';
import { isAlive, liveness, markProcess } from '../base/process.ts';
import type { Environment } from './environment.generated.ts';
import { eventsFile } from './events.ts';
import { isRunFolder } from './find-runs.ts';
import { hasOpenJob } from './jobs.ts';
import { lockHolder } from './lock-file.ts';
import { attemptsOf } from './run-folder.ts';
import { runStatus } from './scan.ts';
import { readState, type StateEntry } from './state.ts';

export interface RunFiles {
  /** The resolved config, as the trainer reads it. */
  config: object;
  /** The spec as written. */
  spec: string;
  /** Where each value came from, by dotted path. */
  origins: object;
  /** Versions, devices, commit, hash of the data set, seed. */
  environment: Environment;
  /** A folder of `stageRun` with the checkpoints and events that the run begins with. */
  begun?: string;
}

/** An empty folder beside the runs of an experiment, in which what a run begins with is gathered; it is tidied if it is left. */
export function stageRun(parent: string): string {
  makeFolder(parent);
  const folder = asideOf(parent);
  mkdirSync(folder);
  return folder;
}

/**
 * Makes `<runs>/<name>/<trial>-<attempt>/` with the first free attempt, what is known before the run starts, and the state `queued`. It
 * is made aside and renamed: a folder of this name is a whole one, whenever this process is killed. One whose trainer never began takes
 * the place of the like. Throws FacecomError `runs-not-writable` (exit code 2).
 */
export function createRunFolder(
  place: { runs: string; name: string; trial: string },
  files: RunFiles,
): string {
  const parent = join(place.runs, place.name);
  try {
    makeFolder(parent);
    tidyRunFolders(parent);
    const retired = retireHalfBorn(parent, place.trial);
    const aside = asideOf(parent);
    try {
      fill(aside, files, retired);
      return moveTo(parent, place.trial, aside);
    } catch (error) {
      rmSync(aside, { recursive: true, force: true });
      throw error;
    } finally {
      if (retired) rmSync(retired, { recursive: true, force: true });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new FacecomError('runs-not-writable', `The run folder cannot be written under ${parent}.`, {
      found: (error as Error).message,
      expected: 'a folder that this user may write, on a disk with space left',
      remedy: 'Change its permissions, free some space, or give another folder with --runs.',
      exitCode: 2,
      cause: error,
    });
  }
}

/** Hidden, so that nobody takes it for a run; the number of its maker lets others find what a killed one left. */
const asideOf = (parent: string): string =>
  join(parent, `.new.${process.pid}.${randomBytes(4).toString('hex')}`);

/** Folders that the trainer fills. */
const parts = ['checkpoints', 'artifacts'] as const;

function fill(folder: string, files: RunFiles, retired: string | undefined): void {
  mkdirSync(folder);
  for (const part of parts) mkdirSync(join(folder, part));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { flush: true });
  write('origins.json', json(files.origins));
  const { environment, diff } = apart(files.environment);
  if (diff !== undefined) write('changes.diff', diff);
  write('environment.json', json(environment));
  write('spec.yaml', files.spec);
  write('config.json', json(files.config));
  const { host, ...orchestrator } = markProcess();
  const queued: StateEntry = { time: Date.now(), state: 'queued', host, orchestrator };
  write('state.jsonl', `${JSON.stringify(queued)}\n`);
  if (files.begun !== undefined) takeOver(files.begun, folder);
  if (retired) keepCursors(retired, folder);
  syncFolder(folder);
}

function takeOver(begun: string, folder: string): void {
  for (const name of readdirSync(begun)) renameSync(join(begun, name), join(folder, name));
  rmSync(begun, { recursive: true, force: true });
}

/** The local changes have a file of their own: the environment is sent to a tracking server, and they are not. */
function apart(environment: Environment): { environment: Environment; diff?: string } {
  if (!environment.git?.diff) return { environment };
  const { diff, ...git } = environment.git;
  return { environment: { ...environment, git }, diff };
}

/** What is shown of the one that never began is shown of the one that takes its place. */
function keepCursors(from: string, to: string): void {
  for (const name of readdirSync(from))
    if (/^\.[a-z]+\.json$/.test(name)) copyFileSync(join(from, name), join(to, name));
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Takes the newest attempt of a trial out of the way where nobody is at it and its trainer never wrote an event: it holds nothing. A
 * rename, which one process alone can do; gives where it is now.
 */
function retireHalfBorn(parent: string, trial: string): string | undefined {
  const attempt = attemptsOf(parent, trial).at(-1);
  if (attempt === undefined) return undefined;
  const folder = join(parent, `${trial}-${attempt}`);
  if (!isHalfBorn(folder)) return undefined;
  const aside = asideOf(parent);
  try {
    renameSync(folder, aside);
    return aside;
  } catch {
    return undefined;
  }
}

/** Whether a run folder holds nothing: nobody is at it, and its trainer never wrote an event. */
export function isHalfBorn(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  // One that is linked is another sweep's.
  if (!found?.isDirectory() || endOf(eventsFile(folder)) > 0) return false;
  // Some trainers save before they tell.
  if (!parts.every((part) => isEmptyFolder(join(folder, part)))) return false;
  if (isAtWork(folder) || isAtWork(dirname(folder)) || hasOpenJob(folder)) return false;
  const entries = readState(folder);
  // Older versions made a folder in its place, with its config last.
  if (entries.length === 0 && !isRunFolder(folder)) return Date.now() - found.mtimeMs > YOUNG;
  const last = entries.at(-1);
  if (last?.state === 'queued' && entries.every(({ state }) => state === 'queued')) {
    const { host, orchestrator } = last;
    return orchestrator !== undefined && liveness({ ...orchestrator, host }) === 'ended';
  }
  return runStatus(folder) === 'interrupted';
}

function isAtWork(folder: string): boolean {
  const holder = lockHolder(folder);
  return holder !== undefined && holder.pid !== process.pid;
}

function isEmptyFolder(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    return isAbsent(error);
  }
}

/** Returns the folder its name. A rename takes the place of an empty folder, as an attempt that was killed may have left, and of no other. */
function moveTo(parent: string, trial: string, aside: string): string {
  for (let attempt = (attemptsOf(parent, trial).at(-1) ?? 0) + 1; ; attempt++) {
    const folder = join(parent, `${trial}-${attempt}`);
    try {
      renameSync(aside, folder);
      syncFolder(parent);
      return folder;
    } catch (error) {
      // Another process took it in the meantime.
      if (!taken.has((error as NodeJS.ErrnoException).code!)) throw error;
    }
  }
}

const taken = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR']);

/** A rename, and a new name, are on the disk only when their folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } catch {
    // Not every file system can.
  } finally {
    closeSync(fd);
  }
}

const YOUNG = 10 * 60 * 1000; // ms

/** Removes run folders that killed processes left half made. One that is young may be another machine's. */
function tidyRunFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    const maker = /^\.new\.(\d+)\.[0-9a-f]+$/.exec(name)?.[1];
    if (maker === undefined || isAlive(Number(maker))) continue;
    const folder = join(parent, name);
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (made !== undefined && Date.now() - made > YOUNG) rmSync(folder, { recursive: true, force: true });
  }
}
