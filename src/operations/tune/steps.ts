import { text } from 'node:stream/consumers';
import { usePlugins } from '../../spec/index.ts';
import { prepareProcess } from '../trained-run.ts';
import type { StepsAnswer, StepsRequest } from './measure-in-child.ts';
import { loadTraining } from './open-experiment.ts';

/** The other end of measureInChild: reads the request from stdin and returns what is to be printed. */
export async function tuneSteps(input: NodeJS.ReadableStream): Promise<StepsAnswer> {
  const { config, steps } = JSON.parse(await text(input)) as StepsRequest;
  const trainer = await import('../../trainer/index.ts');
  try {
    await usePlugins(config.plugins);
    prepareProcess(config);
    const { signal } = new AbortController();
    const dataset = await loadTraining(config, { signal });
    return { measured: await trainer.measureSteps({ config, dataset, signal }, steps) };
  } catch (error) {
    const { code, message } = trainer.toFailure(error);
    return { failure: { code, message } };
  }
}
