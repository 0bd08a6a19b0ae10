import { execa } from 'execa';
import { FacecomError } from '../base/errors.ts';

/** A Python of this machine. */
export interface Python {
  /** The interpreter's own path. */
  path: string;
  /** Such as `3.11.7`. */
  version: string;
  /** Whether it can make virtual environments with pip in them. */
  venv: boolean;
  pip: boolean;
}

const PROBE = `
import importlib.util as u, json, sys
has = lambda name: u.find_spec(name) is not None
print(json.dumps({
  "path": sys.executable,
  "version": "%d.%d.%d" % sys.version_info[:3],
  "venv": has("venv") and has("ensurepip"),
  "pip": has("pip"),
}))`;

/** The oldest Python that is of use. */
export const OLDEST_PYTHON = '3.9';

/** The programs that are tried, in order. FACECOM_PYTHON names one of the user's own. */
function candidates(): string[] {
  const { FACECOM_PYTHON } = process.env;
  if (FACECOM_PYTHON) return [FACECOM_PYTHON];
  const versions = [13, 12, 11, 10, 14, 9].map((minor) => `python3.${minor}`);
  return process.platform === 'win32' ? ['python', 'python3', 'py'] : ['python3', 'python', ...versions];
}

/**
 * Finds a Python of at least a version (3.9) that can make virtual environments or has pip, the default one before the others; with
 * `venv` only one that can make them. Undefined if there is none.
 */
export async function findPython(
  atLeast: string = OLDEST_PYTHON,
  { venv = false }: { venv?: boolean } = {},
): Promise<Python | undefined> {
  let second: Python | undefined;
  for (const program of candidates()) {
    const python = await probe(program);
    if (!python || !isAtLeast(python.version, atLeast)) continue;
    if (python.venv && python.pip) return python;
    if (python.venv || (python.pip && !venv)) second ??= python;
  }
  return second;
}

async function probe(program: string): Promise<Python | undefined> {
  try {
    const { stdout } = await execa(program, ['-c', PROBE], { timeout: 10_000, stdin: 'ignore' });
    return JSON.parse(stdout) as Python;
  } catch {
    return undefined;
  }
}

/** The version of uv where it is on PATH. */
export async function findUv(): Promise<string | undefined> {
  try {
    const { stdout } = await execa('uv', ['--version'], { timeout: 10_000, stdin: 'ignore' });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

export function isAtLeast(version: string, atLeast: string): boolean {
  const [a, b] = [version, atLeast].map((text) => text.split('.').map(Number));
  for (let i = 0; i < b!.length; i++) if ((a![i] ?? 0) !== b![i]) return (a![i] ?? 0) > b![i]!;
  return true;
}

/** Says that there is no Python to work with, what there is, and how to get one here. */
export async function pythonMissing(why: string, atLeast: string = OLDEST_PYTHON): Promise<FacecomError> {
  return new FacecomError('python-missing', `${why} needs Python, and none was found that can do it.`, {
    found: await describePythons(),
    expected: `Python ${atLeast} or newer with venv and pip, or uv, on PATH`,
    remedy: `${howToInstall(atLeast)} FACECOM_PYTHON names a Python that is elsewhere.`,
    exitCode: 2,
  });
}

/** Each Python on PATH, and what it lacks. */
async function describePythons(): Promise<string> {
  const found = new Map<string, string>();
  for (const program of candidates()) {
    const python = await probe(program);
    if (!python) continue;
    const lacks = [python.venv ? [] : 'venv', python.pip ? [] : 'pip'].flat();
    const without = lacks.length > 0 ? ` without ${lacks.join(' and ')}` : '';
    if (!found.has(python.path)) found.set(python.path, `${program} ${python.version}${without}`);
  }
  return [...found.values()].join(', ') || 'no Python, and no uv';
}

function howToInstall(atLeast: string): string {
  if (process.platform === 'darwin') return 'Install Python (brew install python) or uv (brew install uv).';
  if (process.platform === 'win32') return 'Install Python or uv (winget install astral-sh.uv).';
  return `Install Python ${atLeast} or newer with venv and pip (Debian, Ubuntu: apt install python3-venv python3-pip), or uv.`;
}
