const PATH = 'resources.launcher.name=';

/**
 * `--launcher NAME` as `--set` says it, after the given assignments and in place of an earlier such. Keys of a launcher of the same name in
 * the experiment stay; those of another would be unknown to it, so that a change of the name begins anew.
 */
export const launcherAsSet = (launcher: string | undefined, set: readonly string[] = []): string[] =>
  launcher === undefined
    ? [...set]
    : [...set.filter((assignment) => !assignment.startsWith(PATH)), PATH + launcher];
