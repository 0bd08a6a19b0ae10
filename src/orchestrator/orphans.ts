import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveness, sendSignal } from '../base/process.ts';
import { lockHolder, type RunSummary, readConfigPart } from '../record/index.ts';
import { GRACE } from './guard.ts';

/**
 * Ends the trainer of a run that has no orchestrator any more, and what it started: it may save first, for as long as the run's
 * `resources.grace` says. Two trainers on one run would write into one another's record.
 */
export async function endOrphan({ dir, trainer }: Pick<RunSummary, 'dir' | 'trainer'>): Promise<void> {
  if (!trainer || liveness(trainer) !== 'alive') return;
  sendSignal(trainer.pid, 'SIGTERM');
  const until = performance.now() + graceOf(dir) * 1000;
  while (liveness(trainer) === 'alive' && performance.now() < until) await sleep(20);
  sendSignal(trainer.pid, 'SIGKILL', { group: true });
  while (liveness(trainer) === 'alive') await sleep(20);
}

/** Seconds; the default where the config was lost or edited. */
function graceOf(runDir: string): number {
  const grace = readConfigPart(runDir).resources?.grace;
  return typeof grace === 'number' && grace >= 0 ? grace : GRACE;
}

/**
 * Kills processes that trainers of runs under a folder started and that left their group: they still have the run's folder in their
 * environment. Where the system does not tell (it is no Linux) there is nothing to be done.
 */
export function endStrays(folder: string): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const runDir = runDirOf(pid);
    // A run that another orchestrator is at work on is no stray.
    if (runDir?.startsWith(folder + sep) && !lockHolder(runDir)) sendSignal(pid, 'SIGKILL');
  }
}

function runDirOf(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    const found = variables.find((variable) => variable.startsWith('FACECOM_RUN_DIR='));
    return found && Buffer.from(found.slice('FACECOM_RUN_DIR='.length), 'latin1').toString();
  } catch {
    // Of another user, or gone by now.
    return undefined;
  }
}
