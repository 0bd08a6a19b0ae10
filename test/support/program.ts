import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const packageDir = fileURLToPath(new URL('../..', import.meta.url));
export const binary = join(packageDir, 'bin', 'facecom.mjs');

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Each line of stdout parsed as JSON, where it is JSON. */
  json: any[];
}

/** A temporary folder that is removed after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facecom-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the real program to its end. */
export async function facecom(
  args: string[],
  options: { cwd: string; env?: Record<string, string>; timeout?: number; node?: string },
): Promise<Outcome> {
  const result = await execa(options.node ?? process.execPath, [binary, ...args], {
    cwd: options.cwd,
    // No server is started that nobody would stop, and nothing is fetched into a test's own cache folder.
    env: { NO_COLOR: '1', FACECOM_MLFLOW: 'off', FACECOM_SETUP: 'off', ...options.env },
    timeout: options.timeout ?? 300_000,
    reject: false,
    stdin: 'ignore',
    maxBuffer: 64 * 1024 * 1024,
  });
  const json: any[] = [];
  for (const line of result.stdout.split('\n')) {
    try {
      if (line.startsWith('{')) json.push(JSON.parse(line));
    } catch {
      // Text for people.
    }
  }
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr, json };
}
