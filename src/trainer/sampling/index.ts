import type { Experiment } from '../../spec/index.ts';
import { balanced } from './balanced.ts';
import { capped } from './capped.ts';
import { pk } from './pk.ts';
import type { Labels, Sampler } from './sampler.ts';
import { shuffle } from './shuffle.ts';

export type { Sampler } from './sampler.ts';

type Options = Experiment['train']['sampler'];
type Maker<Name> = (labels: Labels, options: Extract<Options, { name: Name }>, most: number) => Sampler;

/** Every sampler by the name that the spec gives it: one line each. */
const samplers: { [Name in Options['name']]: Maker<Name> } = {
  shuffle: (labels, _, most) => (most > 0 ? capped(labels, most) : shuffle(labels)),
  gender_balanced: (labels) => balanced('gender_balanced', labels.gender),
  identity_balanced: (labels) => balanced('identity_balanced', labels.identity),
  pk: (labels, options) => pk(labels, options),
};

/** The sampler of a spec; undefined for every picture once, which batches do by themselves. */
export function createSampler(
  { sampler, max_per_identity: most }: Pick<Experiment['train'], 'sampler' | 'max_per_identity'>,
  labels: Labels,
): Sampler | undefined {
  if (sampler.name === 'shuffle' && most === 0) return undefined;
  // The table's type ties each name to its options; TypeScript cannot follow it through the index.
  return (samplers[sampler.name] as (labels: Labels, options: Options, most: number) => Sampler)(
    labels,
    sampler,
    most,
  );
}
