import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageFolder } from '../../src/base/folders.ts';

export interface Ended {
  /** Null if a signal ended it. */
  code: number | null;
  output: string;
  ms: number;
  /** It took longer than it was given, and was killed. */
  hung: boolean;
}

export interface ProgramOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Seconds. */
  limit?: number;
  /** Options of Node before the program. */
  node?: readonly string[];
}

/** Runs the program to its end. */
export function program(args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const started = performance.now();
  const file = join(packageFolder(), 'bin', 'facecom.mjs');
  const child = spawn(process.execPath, [...(options.node ?? []), file, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', FACECOM_MLFLOW: 'off', FACECOM_SETUP: 'off', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-1_000_000);
    });
  let hung = false;
  const timer = setTimeout(
    () => {
      hung = true;
      child.kill('SIGKILL');
    },
    (options.limit ?? 60) * 1000,
  );
  return new Promise((resolve) =>
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, ms: performance.now() - started, hung });
    }),
  );
}

/** What an error of the program itself prints, in place of words for its user. */
export const hasStack = (output: string): boolean =>
  /internal error|error\[internal\]|failed\[internal\]|Unhandled|^\s+at .+:\d+:\d+\)?$/m.test(output);
