import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asCacheError, makeCacheFolder } from '../base/disk.ts';
import { FacecomError } from '../base/errors.ts';
import { readJsonObject, writeJson } from '../base/files.ts';
import { cacheFolder } from '../base/folders.ts';
import { withLock } from '../base/lock.ts';
import { type Progress, runPip } from './pip.ts';
import { findPython, findUv, OLDEST_PYTHON, pythonMissing } from './python.ts';

export interface VenvOptions {
  note?: (line: string) => void;
  signal?: AbortSignal;
  progress?: (progress: Progress) => void;
  /** The oldest Python that will do; 3.9 by default. */
  atLeast?: string;
  /** Versions that what is installed is held to, as pip writes them. */
  constraints?: readonly string[];
  /** Makes it anew even where it is there. */
  force?: boolean;
}

/** Written last: the requirements that a finished environment holds. */
const MARKER = 'facecom-venv.json';

/** The python of an environment in the cache folder, whether it is there or not. */
export function venvPython(name: string): string {
  const folder = join(cacheFolder(), 'venvs', name);
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** Whether an environment is finished and holds these requirements. */
export function hasVenv(name: string, requirements: readonly string[]): boolean {
  const held = readMarker(join(cacheFolder(), 'venvs', name)).requirements;
  return Array.isArray(held) && key(held) === key(requirements) && existsSync(venvPython(name));
}

const readMarker = (folder: string) => readJsonObject(join(folder, MARKER)) ?? {};

const key = (requirements: readonly string[]): string => [...requirements].sort().join('\n');

/**
 * The python of a virtual environment `<cache>/venvs/<name>` that holds these requirements (as pip writes them), made at first use
 * with uv or with venv and pip. Two processes at once make it once. An environment with other requirements is made anew.
 * Throws FacecomError `python-missing`, `python-packages`, `disk-full`, `cache-folder` or `interrupted`.
 */
export async function ensureVenv(
  name: string,
  requirements: readonly string[],
  options: VenvOptions = {},
): Promise<string> {
  if (!/^[a-z0-9][\w.-]*$/i.test(name)) throw new RangeError(`Not a name of an environment: ${name}`);
  if (!options.force && hasVenv(name, requirements)) return venvPython(name);
  const folder = join(cacheFolder(), 'venvs', name);
  makeCacheFolder(join(cacheFolder(), 'venvs'));
  const started = Date.now();
  const onWait = ({ pid }: { pid: number }) =>
    options.note?.(`waiting for process ${pid}, which is setting up the Python environment ${name}`);
  try {
    return await withLock(`${folder}.lock`, { signal: options.signal, onWait }, async () => {
      if (hasVenv(name, requirements) && !(options.force && madeBefore(folder, started)))
        return venvPython(name);
      await make(name, folder, requirements, options);
      return venvPython(name);
    });
  } catch (error) {
    throw asCacheError(error, `the Python environment ${name}`);
  }
}

/** What another process has made anew while this one waited need not be made again. */
const madeBefore = (folder: string, time: number): boolean => Number(readMarker(folder).time) < time;

async function make(
  name: string,
  folder: string,
  requirements: readonly string[],
  options: VenvOptions,
): Promise<void> {
  const { note, signal, progress, atLeast = OLDEST_PYTHON, constraints } = options;
  const what = `the Python environment ${name}`;
  const uv = await findUv();
  const python = await findPython(atLeast, { venv: !uv });
  if (!uv && !python?.venv) throw await pythonMissing(what[0]!.toUpperCase() + what.slice(1), atLeast);
  note?.(
    `setting up ${what} with ${uv ? `uv ${uv}` : `pip and Python ${python!.version}`}: ${requirements.join(', ')}`,
  );
  const run = (file: string, args: string[]) =>
    runPip(file, args, { what, signal, onLine: (line) => progress?.({ what: line.trim() }) });
  const limits = `${folder}.constraints.txt`;
  if (constraints) writeFileSync(limits, constraints.map((line) => `${line}\n`).join(''));
  const given = [...(constraints ? ['-c', limits] : []), ...requirements];
  // Made in place, for its scripts name their path; without the marker it is not taken for a whole one.
  rmSync(folder, { recursive: true, force: true });
  try {
    if (uv) {
      await run('uv', ['venv', '--python', python?.path ?? `>=${atLeast}`, folder]);
      const flags = ['--python', venvPython(name), '--compile-bytecode'];
      if (requirements.length > 0) await run('uv', ['pip', 'install', ...flags, ...given]);
    } else {
      await run(python!.path, ['-m', 'venv', folder]);
      const install = ['-m', 'pip', 'install', '--progress-bar', 'off'];
      if (requirements.length > 0) await run(venvPython(name), [...install, ...given]);
    }
    const marker = { requirements, python: python?.version ?? null, time: Date.now() };
    writeJson(join(folder, MARKER), marker);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(limits, { force: true });
  }
  if (!existsSync(venvPython(name))) {
    throw new FacecomError('python-packages', `${what} was made, but has no python.`, {
      expected: venvPython(name),
    });
  }
}
