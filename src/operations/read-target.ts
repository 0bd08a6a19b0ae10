import { stat } from 'node:fs/promises';
import { FacecomError } from '../base/errors.ts';
import { type Experiment, readExperiment, resolveConfig } from '../spec/index.ts';

/** The experiment that a TARGET means: an experiment file, a folder of images, or (left out) synthetic faces. */
export async function readTarget(
  target: string | undefined,
  set: readonly string[] = [],
): Promise<Experiment> {
  if (target !== undefined && /\.ya?ml$/i.test(target)) return (await readExperiment(target, { set })).config;
  if (target !== undefined && !(await stat(target).catch(() => undefined))?.isDirectory())
    throw new FacecomError('data-path-missing', 'There is no such folder or experiment file.', {
      found: target,
      expected: 'a folder of images, or a .yaml file',
      exitCode: 2,
    });
  const data = target === undefined ? {} : { source: 'auto', path: target };
  return resolveConfig({ name: 'data', data }, { set });
}
