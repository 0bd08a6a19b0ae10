import { Option } from 'commander';

/** `--launcher NAME`: where trainers are started. */
export const launcherOption = (): Option =>
  new Option('--launcher <NAME>', 'start trainers as processes here, or as jobs of a cluster').choices([
    'local',
    'slurm',
    'ray',
  ]);
