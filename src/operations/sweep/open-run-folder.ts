import { join } from 'node:path';
import { writeAside } from '../../base/write-aside.ts';
import type { Work } from '../../orchestrator/index.ts';
import { dueRetry, readConfig, recordRetry, recordState } from '../../orchestrator/index.ts';
import { createRunFolder } from '../../record/index.ts';
import type { Experiment, ResolvedExperiment } from '../../spec/index.ts';
import { trialOrigins } from '../../sweep/index.ts';

export interface RunFolderOptions {
  /** Folder of the run folders. */
  runs: string;
  spec: ResolvedExperiment;
  /** The trial's, with paths that hold from any folder. */
  config: Experiment;
  /** What is the same for all trials. */
  environment: object;
  dataHash: string | undefined;
  cwd: string;
}

/** The folder of a trial's run: a new one, or the one that goes on, with what the spec says now of what does not decide its result. */
export function openRunFolder({ trial, run }: Work, options: RunFolderOptions): string {
  if (run) {
    continueRun(run.dir, options.config);
    if (run.status === 'failed') openFailed(run.dir);
    return run.dir;
  }
  const runDir = createRunFolder(
    { runs: options.runs, name: options.config.name, trial: trial.id },
    {
      config: options.config,
      spec: options.spec.text,
      origins: trialOrigins(options.spec, trial),
      environment: {
        ...options.environment,
        seed: trial.seed,
        ...(options.dataHash === undefined ? {} : { data_hash: options.dataHash }),
      },
    },
  );
  recordState(runDir, { state: 'queued' });
  return runDir;
}

/** Keys that may change between two starts of a run: its result is the same. */
const free = ['description', 'tags', 'tracking', 'resources'] as const;

function continueRun(runDir: string, now: Experiment): void {
  const before = readConfig(runDir);
  const after = { ...before, ...Object.fromEntries(free.map((key) => [key, now[key]])) };
  const text = JSON.stringify(after, null, 2);
  if (text !== JSON.stringify(before, null, 2)) writeAside(join(runDir, 'config.json'), `${text}\n`);
}

/** It goes on as its failure is due; where it had failed for good and is wanted again, its budgets begin anew. */
function openFailed(runDir: string): void {
  const due = dueRetry(runDir);
  if (due) recordRetry(runDir, due.class, due.retry);
  else recordState(runDir, { state: 'queued' });
}
