import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = (runDir: string): string => join(runDir, '.start');

/**
 * Writes down the secret of a start of a trainer that is about to be: the orchestrator may be killed before it can write `started`, and
 * what it has started must be found even so.
 */
export function expectStart(runDir: string, secret: string): void {
  writeFileSync(file(runDir), secret);
}

/** `started` is in the state, with the secret. */
export function startRecorded(runDir: string): void {
  rmSync(file(runDir), { force: true });
}

/** The secret of a start that is not in the state. */
export function expectedStart(runDir: string): string | undefined {
  try {
    return readFileSync(file(runDir), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
