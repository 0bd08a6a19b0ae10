import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { writeAside } from '../../base/files.ts';
import {
  planSweep,
  type RenderForm,
  renderBatches,
  threadsOf,
  trainerCommand,
  trainerEnvironment,
} from '../../orchestrator/index.ts';
import type { ResolvedExperiment } from '../../spec/index.ts';
import { Search } from '../../sweep/index.ts';
import { builtinTrainer } from '../prepare.ts';
import { Undoing } from '../undoing.ts';
import { contextOf, lockFolder, type SweepOptions } from './context.ts';
import { openRunFolder } from './open-run-folder.ts';
import { folderOptions } from './run-trials.ts';
import { listTrials, manifest, prepareFirst } from './trials.ts';

/** What was written for a scheduler, and submitted by nobody. */
export interface RenderedSweep {
  name: string;
  trials: number;
  /** Paths of the scripts or manifests. */
  files: string[];
}

/**
 * Writes the jobs of a sweep's trials that are not finished as scripts of Slurm or a manifest of Kubernetes, into `render` of the
 * sweep's folder, with the run folders that they fill. Throws FacecomError `render-learns` for a search that learns from its results.
 */
export async function renderSweep(
  spec: ResolvedExperiment,
  form: RenderForm,
  options: SweepOptions = {},
): Promise<RenderedSweep> {
  if (spec.sweep && Search.of(spec)) throw learns(spec.sweep.method);
  const undoing = new Undoing();
  try {
    const context = contextOf(spec, options, undoing);
    const { config, name, folder, runs, cwd, objective, maxParallel = 0 } = context;
    const trials = await listTrials(context);
    const prepared = await prepareFirst(context, trials);
    await lockFolder(context);
    const plan = planSweep(trials.trials, { ...options, runs, name, objective });
    manifest(context, trials, trials.trials);
    const threads = Math.max(1, config.resources.cpus);
    const jobs = plan.work.map((work) => {
      const runDir = openRunFolder(
        work,
        folderOptions(context, { prepared, trials, tried: [] }, work.trial.config),
      );
      return {
        runDir: resolve(runDir),
        command: trainerCommand(work.trial.config, builtinTrainer()),
        env: trainerEnvironment({ threads: threadsOf(runDir, { threads }) }),
        cwd,
      };
    });
    const out = join(folder, 'render');
    mkdirSync(out, { recursive: true });
    mkdirSync(join(folder, 'jobs'), { recursive: true });
    const files = renderBatches(jobs, { form, config, folder, label: name, maxParallel }).map(
      ({ file, text }) => {
        const path = join(out, file);
        writeAside(path, text);
        return path;
      },
    );
    return { name, trials: jobs.length, files };
  } finally {
    await undoing.all();
  }
}

function learns(method: string): FacecomError {
  return new FacecomError('render-learns', 'The trials of this sweep follow from results.', {
    found: `sweep.method: ${method}`,
    expected: 'a method whose trials are known beforehand, such as grid, random or sobol',
    remedy: 'Run it with --launcher slurm, or take another method.',
    exitCode: 2,
  });
}
