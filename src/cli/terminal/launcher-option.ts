import { Option } from 'commander';

/** `--launcher NAME`: where trainers are started. */
export const launcherOption = (): Option =>
  new Option('--launcher <NAME>', 'start trainers as processes here, or as jobs of a cluster').choices([
    'local',
    'slurm',
    'ray',
  ]);

/**
 * As `--set` says it. Keys of a launcher of the same name in the experiment stay; those of another would be unknown to it, so that a
 * change of the name begins anew.
 */
export const launcherAsSet = (launcher: string | undefined, set: readonly string[] = []): string[] =>
  launcher === undefined ? [...set] : [...set, `resources.launcher.name=${launcher}`];
