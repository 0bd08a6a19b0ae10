import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMessage, StandbyMessage } from '../record/index.ts';
import { main } from './main.ts';

/** Runs of one process at most, so that what a library loses with each cannot add up. */
const RUNS = 100;

/**
 *   load libraries ─▶ `ready` ─▶ wait for a run ─▶ its log is stdout and stderr ─▶ `begun` ─▶ main ─▶ exit
 *        │                        │  ▲                                                        │
 *        └─ the orchestrator is gone ─▶ exit                  └──────── `ended` ◀─ no failure, and it stays ─┘
 *
 * The built-in trainer, started ahead of its run: everything is loaded and no device is touched. Where its runs leave nothing behind in the
 * process, it takes one after the other: compiled code and libraries are warm. Returns the process's exit code.
 */
export async function standBy(): Promise<number> {
  let run = nextRun();
  const { preload } = await import('./preload.ts');
  await preload();
  say('ready');
  for (let runs = 1; ; runs++) {
    const { runDir, begin } = await run;
    process.env.FACECOM_RUN_DIR = runDir;
    await writeTo(join(runDir, 'log.txt'));
    begin();
    say('begun');
    let stays = false;
    const code = await main(runDir, {
      onOpened: (leavesNothing) => {
        stays = leavesNothing && runs < RUNS;
        say(stays ? 'stays' : 'leaves');
      },
    });
    // One that failed may have left anything.
    if (!stays || code !== 0 || !process.connected) return code;
    run = nextRun();
    say('ended');
  }
}

/** The run that the orchestrator names next. Until it begins, the end of the orchestrator is the end of the process. */
function nextRun(): Promise<{ runDir: string; begin: () => void }> {
  const orphaned = () => process.exit(0);
  process.once('disconnect', orphaned);
  return new Promise((resolve) => {
    process.once('message', (value) => {
      const { runDir } = value as RunMessage;
      resolve({ runDir, begin: () => process.off('disconnect', orphaned) });
    });
  });
}

function say(type: StandbyMessage['type']): void {
  process.send?.({ type } satisfies StandbyMessage);
}

let dup2: ((from: number, to: number) => number) | undefined;

/** From here on everything that this process writes, native libraries included, is appended to a file. */
async function writeTo(file: string): Promise<void> {
  const { default: koffi } = await import('koffi');
  dup2 ??= koffi.load(null).func('int dup2(int, int)');
  const log = openSync(file, 'a');
  for (const stream of [1, 2])
    if (dup2(log, stream) !== stream) throw new Error(`The log ${file} cannot take the output.`);
  closeSync(log);
}
