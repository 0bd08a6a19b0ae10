import type { Experiment } from '../../spec/index.ts';
import { balanced } from './balanced.ts';
import { capped } from './capped.ts';
import { pk } from './pk.ts';
import type { Labels, Sampler } from './sampler.ts';
import { shuffle } from './shuffle.ts';

export type { Sampler } from './sampler.ts';

type Options = Pick<Experiment['train'], 'sampler' | 'max_per_identity'>;
type Maker = (labels: Labels, options: Options) => Sampler;

/** Every sampler by the name that the spec gives it: one line each. */
const samplers: Record<Options['sampler']['name'], Maker> = {
  shuffle: (labels, { max_per_identity: most }) => (most > 0 ? capped(labels, most) : shuffle(labels)),
  gender_balanced: (labels) => balanced('gender_balanced', labels.gender),
  identity_balanced: (labels) => balanced('identity_balanced', labels.identity),
  pk: (labels, { sampler }) => pk(labels, sampler),
};

/** The sampler of a spec; undefined for every picture once, which batches do by themselves. */
export function createSampler(options: Options, labels: Labels): Sampler | undefined {
  if (options.sampler.name === 'shuffle' && options.max_per_identity === 0) return undefined;
  return samplers[options.sampler.name](labels, options);
}
