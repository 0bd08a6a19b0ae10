import { basename, resolve } from 'node:path';
import { programFile } from '../../base/folders.ts';
import { batchFile, countJobs, JobsWriter, jobsFolder, writeBatch } from '../../record/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Job } from '../launchers/launcher.ts';
import { newKey } from './key.ts';
import { AGAIN, manifest } from './manifest.ts';
import { jobScript, quote, SLURM_JOB } from './script.ts';
import { type SlurmOptions, sbatchArguments } from './slurm/arguments.ts';

export type RenderForm = 'slurm' | 'k8s';

export interface RenderOptions {
  form: RenderForm;
  config: Experiment;
  /** Folder of the sweep, whose lock is held. */
  folder: string;
  label: string;
  /** Trials at once; 0: as the spec says. */
  maxParallel: number;
}

/** A script or manifest that nobody has submitted. */
export interface Rendered {
  key: string;
  /** Name of a file. */
  file: string;
  text: string;
}

/** Jobs of an array where Slurm is not asked: its default. */
const ARRAY = 1000;

/**
 * Writes batches of jobs without submitting them. Their keys are in the record as if they were about to be: `facecom sweep` with the
 * launcher `slurm` finds the jobs that someone has submitted, and takes them up.
 */
export function renderBatches(jobs: readonly Job[], options: RenderOptions): Rendered[] {
  const { form, folder } = options;
  const groups = new Map<string, Job[]>();
  for (const job of jobs) {
    const like = JSON.stringify([job.command, job.env, job.cwd]);
    groups.set(like, [...(groups.get(like) ?? []), job]);
  }
  const size = form === 'slurm' ? ARRAY * perJobOf(options) : Number.POSITIVE_INFINITY;
  const rendered: Rendered[] = [];
  const writer = new JobsWriter(folder);
  try {
    for (const group of groups.values())
      for (let at = 0; at < group.length; at += size)
        rendered.push(renderBatch(group.slice(at, at + size), options, writer));
  } finally {
    writer.close();
  }
  return rendered;
}

function renderBatch(jobs: readonly Job[], options: RenderOptions, writer: JobsWriter): Rendered {
  const { form, config, folder, label, maxParallel } = options;
  const { resources } = config;
  const key = newKey(label);
  const runs = jobs.map(({ runDir }) => basename(runDir));
  const [{ command, env, cwd }] = jobs as [Job];
  const slurm = slurmOptions(config);
  const per_job = perJobOf(options);
  const division = per_job > 1 ? { per_job } : {};
  const count = countJobs({ runs, per_job });
  writeBatch(folder, {
    ...{ key, folder: '..', runs, cwd: resolve(cwd), grace: resources.grace, ...division },
    ...{ command: [...command], visibility: slurm.visibility },
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? null])),
    ...(form === 'slurm' ? { lead: slurm.lead, requeues: slurm.requeues } : { again_code: AGAIN }),
  });
  const from = jobs.map(() => 0);
  writer.write({
    type: 'submitting',
    time: Date.now(),
    launcher: form,
    key,
    kind: 0,
    runs,
    from,
    ...division,
  });
  const parallel = maxParallel || resources.max_parallel;
  const file = resolve(batchFile(folder, key));
  const node = slurm.node ?? (form === 'k8s' ? 'node' : process.execPath);
  const name = form === 'slurm' ? SLURM_JOB : `${quote(key)}_"$job"`;
  const script = jobScript({ setup: slurm.setup, node, program: programFile(), batch: file, name });
  if (form === 'k8s')
    return {
      key,
      file: `${key}.yaml`,
      text: `${JSON.stringify(manifest({ key, script, jobs: count, parallel, config, cwd }), null, 2)}\n`,
    };
  const out = resolve(jobsFolder(folder), `${key}.{job}.out`);
  const gpus = resources.device.startsWith('gpu');
  const lines = sbatchArguments(
    { options: slurm, resources, gpus, throttle: parallel },
    { key, jobs: count, kind: 0, script, out },
  );
  const directives = lines.filter((line) => line !== '--parsable').map((line) => `#SBATCH ${line}`);
  const text = ['#!/bin/bash', ...directives, 'job=$SLURM_ARRAY_TASK_ID', script].join('\n');
  return { key, file: `${key}.sh`, text };
}

const perJobOf = ({ config: { resources } }: RenderOptions): number =>
  resources.launcher.name === 'local' ? 1 : resources.launcher.trials_per_job;

/** Those of the spec, else the defaults; of several kinds of resources the first. */
function slurmOptions({ resources }: Experiment): SlurmOptions {
  const { launcher } = resources;
  const common = launcher.name === 'local' ? { setup: [] } : { setup: launcher.setup, node: launcher.node };
  if (launcher.name === 'slurm') return launcher;
  const defaults = { arguments: [], lead: 90, requeues: 100, queue: 0, poll: 5 };
  return { name: 'slurm', visibility: 60, trials_per_job: 1, ...defaults, ...common };
}
