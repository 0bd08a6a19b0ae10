import { dirname } from 'node:path';
import { type JobOptions, runJob } from '../orchestrator/index.ts';
import { readConfig } from '../record/index.ts';

/** Seconds that MLflow is waited for at the end of a run. */
const PATIENCE = 30;

/** One job of a batch, on a cluster's node. Returns the exit code. */
export const job = (options: Omit<JobOptions, 'follow'>): Promise<number> => runJob({ ...options, follow });

/** Sends a run to MLflow from its job while it is trained. */
async function follow(runDir: string, runs: string): Promise<() => Promise<void>> {
  const { trackRunOfSweep } = await import('../tracking/index.ts');
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const tracker = trackRunOfSweep({
    runDir,
    sweepDir: dirname(runDir),
    runs,
    config: readConfig(runDir),
    note,
  });
  return async () => {
    await tracker.close({ timeout: PATIENCE });
  };
}
