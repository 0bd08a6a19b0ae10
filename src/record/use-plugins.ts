import { FacecomError } from '../base/errors.ts';
import { pluginsDigest } from '../plugins/index.ts';
import { type Experiment, usePlugins } from '../spec/index.ts';
import { readEnvironment } from './read-config.ts';

/**
 * Puts the plugins of a run in use. Throws FacecomError `plugin-changed` (exit code 2) where their files do not contain what they did when the run was made,
 * and what usePlugins throws.
 */
export async function useRecordedPlugins(
  runDir: string,
  { plugins = [] }: Pick<Experiment, 'plugins'>,
): Promise<void> {
  await usePlugins(plugins);
  const then = readEnvironment(runDir).plugins;
  const now = pluginsDigest(plugins);
  if (then === undefined || then === now) return;
  throw new FacecomError('plugin-changed', 'The plugins of the run have changed since it was made.', {
    place: { file: plugins.join(', ') },
    found: now?.slice(0, 12) ?? 'no plugin',
    expected: then.slice(0, 12),
    remedy: 'Restore the files, or train another run.',
    exitCode: 2,
  });
}
