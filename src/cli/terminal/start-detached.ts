import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../../base/files.ts';
import { programFile } from '../../base/folders.ts';
import { shownPath } from '../../base/format.ts';
import { holderOfRun, lockHolder, runFoldersUnder } from '../../record/index.ts';

/** Milliseconds for which the beginning is watched: what cannot start has said so by then; an installation may take longer. */
const WATCHED = 20_000;

/**
 * Starts this very command without `--detach` in a session of its own, which a closed terminal does not end; its output is appended to
 * `runs/NAME/detached.log`. Waits until it is at work. Returns the exit code: its own where it has ended already.
 */
export async function startDetached({ runs, name }: { runs: string; name: string }): Promise<number> {
  const folder = join(runs, name);
  makeFolder(folder);
  const file = join(folder, 'detached.log');
  const args = process.argv.slice(2).filter((arg) => arg !== '--detach');
  const log = openSync(file, 'a');
  const from = statSync(file).size;
  writeSync(log, `[${new Date().toISOString()}]\n`);
  const child = spawn(process.execPath, [programFile(), ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, FACECOM_IGNORES_HANGUP: 'yes' },
  });
  closeSync(log);
  const ended = new Promise<number>((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
  const over = new AbortController();
  const code = await Promise.race([ended, atWork(folder, child.pid, over.signal)]);
  over.abort();
  if (code !== undefined) {
    process.stderr.write(readFileSync(file).subarray(from).toString().replace(/^.*\n/, ''));
    return code;
  }
  child.unref();
  process.stdout.write(
    `${name} runs in the background as process ${child.pid}, its output in ${shownPath(file)}.\n` +
      `Look at it with: facecom status ${name} --watch\nStop it with:    facecom stop ${name}\n`,
  );
  return 0;
}

async function atWork(folder: string, pid: number | undefined, over: AbortSignal): Promise<undefined> {
  const held = () =>
    lockHolder(folder)?.pid === pid || runFoldersUnder(folder).some((dir) => holderOfRun(dir)?.pid === pid);
  const until = performance.now() + WATCHED;
  while (!over.aborted && performance.now() < until && !held()) await sleep(100);
  return undefined;
}
