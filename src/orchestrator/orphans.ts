import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveness, sendSignal } from '../base/process.ts';
import { expectedStart, lockHolder, type RunSummary, readConfigPart, readState } from '../record/index.ts';
import { GRACE } from './guard.ts';
import { endStrays } from './strays.ts';

/**
 * Ends the trainer of a run that has no orchestrator any more, and what it started: it may save first, for as long as the run's
 * `resources.grace` says. Two trainers on one run would write into one another's record.
 */
export async function endOrphan({ dir, trainer }: Pick<RunSummary, 'dir' | 'trainer'>): Promise<void> {
  if (trainer && liveness(trainer) === 'alive') {
    sendSignal(trainer.pid, 'SIGTERM');
    const until = performance.now() + graceOf(dir) * 1000;
    while (liveness(trainer) === 'alive' && performance.now() < until) await sleep(20);
    sendSignal(trainer.pid, 'SIGKILL', { group: true });
    while (liveness(trainer) === 'alive') await sleep(20);
  }
  const secrets = secretsOf(dir);
  if (secrets.size > 0) await endStrays((secret) => secrets.has(secret));
}

/** Seconds; the default where the config was lost or edited. */
function graceOf(runDir: string): number {
  const grace = readConfigPart(runDir).resources?.grace;
  return typeof grace === 'number' && grace >= 0 ? grace : GRACE;
}

const secretsOf = (runDir: string): Set<string> =>
  new Set(
    [...readState(runDir).map(({ secret }) => secret), expectedStart(runDir)].filter(
      (secret) => secret !== undefined,
    ),
  );

/**
 * Ends what trainers of runs under a folder started and left behind. Their environment names the run; it counts where the run's state
 * has the secret of that start, and no other orchestrator is at work on it.
 */
export async function endStraysUnder(folder: string): Promise<void> {
  const known = new Map<string, ReadonlySet<string>>();
  const secretsIn = (runDir: string) => {
    const found = known.get(runDir) ?? (lockHolder(runDir) ? new Set<string>() : secretsOf(runDir));
    known.set(runDir, found);
    return found;
  };
  await endStrays((secret, variables) => {
    const runDir = variables.get('FACECOM_RUN_DIR') ?? '';
    return runDir.startsWith(folder + sep) && secretsIn(runDir).has(secret);
  });
}
