import { parseBytes } from '../../../base/format.ts';
import type { Experiment } from '../../../spec/index.ts';
import type { Submission } from '../engine.ts';

export type SlurmOptions = Extract<Experiment['resources']['launcher'], { name: 'slurm' }>;

/** The kinds of `gres`: one array of jobs each. */
export const kindsOf = ({ gres = [] }: SlurmOptions): Array<string | undefined> =>
  gres.length > 0 ? [...gres] : [undefined];

export interface SlurmContext {
  options: SlurmOptions;
  resources: Experiment['resources'];
  /** GPUs are asked for by their number: the partition has some, and `gres` says nothing. */
  gpus: boolean;
  /** Jobs of an array that run at once; 0: all. */
  throttle: number;
}

/** What sbatch is called with, without its program: the script is its input. */
export function sbatchArguments(
  { options, resources, gpus, throttle }: SlurmContext,
  { key, jobs, kind, out }: Submission,
): string[] {
  const { partition, account, qos, time, constraint, lead } = options;
  const gres = kindsOf(options)[kind] ?? (gpus ? `gpu:${Math.ceil(resources.gpus)}` : undefined);
  const throttled = throttle > 0 && throttle < jobs ? `%${throttle}` : '';
  const given = { partition, account, qos, time, gres, constraint };
  return [
    '--parsable',
    `--job-name=${key}`,
    `--comment=${key}`,
    `--array=0-${jobs - 1}${throttled}`,
    '--requeue',
    '--open-mode=append',
    `--signal=B:TERM@${lead}`,
    '--export=ALL',
    `--output=${out.replaceAll('%', '%%').replace('{job}', '%a')}`,
    `--cpus-per-task=${Math.max(1, resources.cpus)}`,
    ...(resources.memory === undefined
      ? []
      : [`--mem=${Math.ceil(parseBytes(resources.memory) / 2 ** 20)}M`]),
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...options.arguments,
  ];
}

/** What sbatch reads. */
export const sbatchScript = (script: string): string => `#!/bin/bash\njob=$SLURM_ARRAY_TASK_ID\n${script}`;
