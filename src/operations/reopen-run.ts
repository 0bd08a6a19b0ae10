import { dueRetry, recordRetry, recordState } from '../orchestrator/index.ts';
import { type RunSummary, refreshConfig, tidyRunFolder } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';

/** Makes the folder of a run that continues ready, with what its spec says now of what does not decide the result. */
export function reopenRun({ dir, status }: RunSummary, config: Experiment): void {
  tidyRunFolder(dir);
  refreshConfig(dir, config);
  if (status !== 'failed') return;
  // It continues as its failure is due; where it had failed for good and is wanted again, its budgets begin anew.
  const due = dueRetry(dir);
  if (due) recordRetry(dir, due.class, due.retry);
  else recordState(dir, { state: 'queued' });
}
