import { execa } from 'execa';
import { isErrorCode } from '../../base/error-codes.ts';
import { FacecomError } from '../../base/errors.ts';
import { programFile } from '../../base/folders.ts';
import { missingPackage } from '../../base/packages.ts';

/** What a native TensorFlow said of itself in a process of its own. */
export interface TensorFlowReport {
  version: string;
  /** Such as `{name: '/job:localhost/…/device:CPU:0', type: 'CPU'}`. */
  devices: { name: string; type: string }[];
  /** To load it and run an op. */
  seconds: number;
  /** CUDA libraries that it looked for and did not find. */
  missing: string[];
  /** What a run would choose; where it was asked to measure. */
  precision?: { device: string; precision: string; reason: string };
}

const TIMEOUT = 120_000; // ms: a cold disk reads a gigabyte

/**
 * Loads a native TensorFlow and runs an op, in a process of its own: a damaged library ends the process that loads it.
 * Throws FacecomError `tensorflow-damaged`, or what the loading threw.
 */
export async function checkTensorFlow(
  dir: string,
  options: { signal?: AbortSignal; timeout?: number; measure?: boolean } = {},
): Promise<TensorFlowReport> {
  const result = await execa(
    process.execPath,
    [programFile(), 'tensorflow-check', '--json', ...(options.measure ? ['--measure'] : [])],
    {
      env: { FACECOM_TENSORFLOW_DIR: dir, TF_CPP_MIN_LOG_LEVEL: '0', NODE_OPTIONS: undefined },
      timeout: options.timeout ?? TIMEOUT,
      reject: false,
      stdin: 'ignore',
      ...(options.signal ? { cancelSignal: options.signal } : {}),
    },
  );
  if (options.signal?.aborted) throw new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 });
  const missing = [
    ...result.stderr.matchAll(/Could not load dynamic library '([^']+)'|(lib[\w.]+\.so[\d.]*): cannot open/g),
  ];
  const said = lastJson(result.stdout);
  if (said?.version && result.exitCode === 0) {
    return { ...said, missing: [...new Set(missing.map(([, a, b]) => (a ?? b)!))] } as TensorFlowReport;
  }
  const incomplete = missingPackage(result.stderr);
  if (incomplete) throw incomplete;
  const error = said?.error as {
    code: string;
    message: string;
    found?: string;
    expected?: string;
    remedy?: string;
  };
  if (isErrorCode(error?.code) && error.code !== 'internal')
    throw new FacecomError(error.code, error.message, { ...error, exitCode: 2 });
  throw new FacecomError('tensorflow-damaged', `Native TensorFlow in ${dir} does not load.`, {
    found: [how(result), lastLine(result.stderr)].filter(Boolean).join('; '),
    expected: 'libraries that load and run an op on this machine',
    remedy: /AVX|instructions/.test(result.stderr)
      ? "This CPU lacks instructions that TensorFlow's wheel needs: set resources.backend to wasm."
      : 'Run `facecom setup --force` to install it again.',
    exitCode: 2,
  });
}

function how({
  exitCode,
  signal,
  timedOut,
}: {
  exitCode?: number;
  signal?: string;
  timedOut: boolean;
}): string {
  if (timedOut) return 'it took too long';
  return signal ? `the process that loaded it was ended by ${signal}` : `exit code ${exitCode}`;
}

/** The line that says most: an error's, else the last. */
function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => /error|fatal|AVX/i.test(line)) ?? lines.at(-1) ?? '';
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of unknown shape
function lastJson(stdout: string): any {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}
