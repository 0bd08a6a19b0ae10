import { execa } from 'execa';
import { isErrorCode } from '../../base/error-codes.ts';
import { FacecomError } from '../../base/errors.ts';
import { programFile } from '../../base/folders.ts';
import { missingPackage } from '../../base/packages.ts';

/** What a oneDNN said of itself in a process of its own. */
export interface OneDnnReport {
  version: string;
  /** The widest instructions that it uses. */
  isa: string;
  /** To load it and run a step. */
  seconds: number;
  /** What a run would choose; where it was asked to measure. */
  precision?: { precision: string; reason: string };
}

const TIMEOUT = 60_000; // ms

/**
 * Loads a oneDNN and runs a step, in a process of its own: a damaged library ends the process that loads it.
 * Throws FacecomError `onednn-damaged`, `onednn-cpu` or `onednn-missing`.
 */
export async function checkOneDnn(
  dir: string,
  options: { signal?: AbortSignal; measure?: boolean } = {},
): Promise<OneDnnReport> {
  const { exitCode, signal, stdout, stderr } = await execa(
    process.execPath,
    [programFile(), 'onednn-check', '--json', ...(options.measure ? ['--measure'] : [])],
    {
      env: { FACECOM_ONEDNN_DIR: dir, NODE_OPTIONS: undefined },
      timeout: TIMEOUT,
      reject: false,
      stdin: 'ignore',
      ...(options.signal ? { cancelSignal: options.signal } : {}),
    },
  );
  if (options.signal?.aborted) throw new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 });
  const said = lastJson(stdout);
  if (said?.version && exitCode === 0) return said as OneDnnReport;
  const incomplete = missingPackage(stderr);
  if (incomplete) throw incomplete;
  const { error } = said ?? {};
  if (isErrorCode(error?.code) && error.code !== 'internal')
    throw new FacecomError(error.code, error.message, { ...error, exitCode: 2 });
  const how = signal ? `the process that loaded it was ended by ${signal}` : `exit code ${exitCode}`;
  throw new FacecomError('onednn-damaged', `oneDNN in ${dir} does not load.`, {
    found: [how, stderr.trim().split('\n').at(-1)].filter(Boolean).join('; '),
    expected: 'a library that loads and computes on this machine',
    remedy: 'Run `facecom setup --force` to install it again.',
    exitCode: 2,
  });
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of unknown shape
function lastJson(stdout: string): any {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
