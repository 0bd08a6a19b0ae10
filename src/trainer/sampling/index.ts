import type { Experiment } from '../../spec/index.ts';
import { balanced } from './balanced.ts';
import { capped } from './capped.ts';
import { pk } from './pk.ts';
import type { Labels, Sampler } from './sampler.ts';
import { shuffle } from './shuffle.ts';
import { ofSomePeople } from './some-people.ts';

export type { Sampler } from './sampler.ts';

type Options = Pick<Experiment['train'], 'sampler' | 'max_per_identity' | 'max_identities'>;
type Maker = (labels: Labels, options: Options) => Sampler;

/** Every sampler by the name that the spec gives it: one line each. */
const samplers: Record<Options['sampler']['name'], Maker> = {
  shuffle: (labels, { max_per_identity: most }) => (most > 0 ? capped(labels, most) : shuffle(labels)),
  gender_balanced: (labels) => balanced('gender_balanced', labels.gender),
  identity_balanced: (labels) => balanced('identity_balanced', labels.identity),
  pk: (labels, { sampler }) => pk(labels, sampler),
};

/** The sampler of a spec; undefined for every image once, which batches do by themselves. */
export function createSampler(options: Options, labels: Labels, seed: number): Sampler | undefined {
  const { sampler, max_per_identity, max_identities } = options;
  if (sampler.name === 'shuffle' && max_per_identity === 0 && max_identities === 0) return undefined;
  const make = (some: Labels) => samplers[sampler.name](some, options);
  return max_identities > 0 ? ofSomePeople(labels, { most: max_identities, seed }, make) : make(labels);
}
