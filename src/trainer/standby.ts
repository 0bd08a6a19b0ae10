import { openSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMessage, StandbyMessage } from '../record/index.ts';
import { main } from './main.ts';

/**
 *   load libraries ─▶ `ready` ─▶ wait for a run ─▶ its log is stdout and stderr ─▶ `begun` ─▶ main
 *        └──────── the orchestrator is gone ─▶ exit ─────────┘
 *
 * The built-in trainer, started ahead of its run: everything is loaded and no device is touched. Returns the process's exit code.
 */
export async function standBy(): Promise<number> {
  const orphaned = () => process.exit(0);
  process.once('disconnect', orphaned);
  const message = new Promise<RunMessage>((resolve) => {
    process.once('message', (value) => resolve(value as RunMessage));
  });
  const { preload } = await import('./preload.ts');
  await preload();
  say('ready');
  const { runDir } = await message;
  process.env.FACECOM_RUN_DIR = runDir;
  await writeTo(join(runDir, 'log.txt'));
  process.off('disconnect', orphaned);
  say('begun');
  return main(runDir);
}

function say(type: StandbyMessage['type']): void {
  process.send?.({ type } satisfies StandbyMessage);
}

/** From here on everything that this process writes, native libraries included, is appended to a file. */
async function writeTo(file: string): Promise<void> {
  const { default: koffi } = await import('koffi');
  const dup2 = koffi.load(null).func('int dup2(int, int)');
  const log = openSync(file, 'a');
  for (const stream of [1, 2])
    if (dup2(log, stream) !== stream) throw new Error(`The log ${file} cannot take the output.`);
}
