import { spawn } from 'node:child_process';
import { isErrorCode } from '../../base/error-codes.ts';
import { FacecomError } from '../../base/errors.ts';
import { programFile } from '../../base/folders.ts';
import type { Experiment } from '../../spec/index.ts';
import type { SizeMeasured } from '../../trainer/index.ts';

/** What the child reads from stdin: one line of JSON. */
export interface StepsRequest {
  config: Experiment;
  steps: number;
}

export type StepsMeasured = SizeMeasured & { device: string; backend: string };

/** What the child prints: the measurement, or the failure that ended it. */
export type StepsAnswer = { measured: StepsMeasured } | { failure: { code: string; message: string } };

/**
 * Measures training steps in a process of its own: its peak memory is of this size alone, and where the kernel kills what takes too
 * much, it is not this process. Returns `oom` if the size does not fit. Throws the failure of the child.
 */
export async function measureInChild(
  config: Experiment,
  { steps, signal }: { steps: number; signal: AbortSignal },
): Promise<StepsMeasured | 'oom'> {
  const child = spawn(process.execPath, [programFile(), 'tune-steps'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    signal,
    killSignal: 'SIGKILL',
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  // A child that ended before it read is told by its exit.
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify({ config, steps } satisfies StepsRequest));
  const killed = await new Promise<string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_, name) => resolve(name));
  });
  const answer = parsed(text);
  if (answer && 'measured' in answer) return answer.measured;
  if (killed === 'SIGKILL' || answer?.failure.code === 'oom') return 'oom';
  const code = answer?.failure.code;
  throw new FacecomError(
    isErrorCode(code) ? code : 'internal',
    answer?.failure.message ?? `Measuring ended with ${killed}.`,
  );
}

function parsed(text: string): StepsAnswer | undefined {
  const last = text.trim().split('\n').at(-1);
  return last?.startsWith('{') ? (JSON.parse(last) as StepsAnswer) : undefined;
}
