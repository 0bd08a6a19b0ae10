import type { Effect, Picture } from './augment/index.ts';
import type { SourceDefinition } from './data/index.ts';
import type { BackboneDefinition, HeadDefinition, LossDefinition } from './model/index.ts';
import type { Definition, Kind, ParameterSchema } from './plugins/index.ts';
import type { SamplerDefinition } from './sweep/index.ts';

export type { ParameterSchema, Picture };

/** What every definition says of itself; `parameters` are its own keys in a spec, each with a JSON Schema and a default. */
interface Named<Options> {
  /** Its name in a spec: small letters, digits and _. */
  name: string;
  description: string;
  parameters?: { [Key in keyof Options]: ParameterSchema };
}

const as = <T extends object>(kind: Kind, definition: T): Definition & T =>
  ({ ...definition, kind }) as unknown as Definition & T;

/** `model.backbone: NAME`, with its keys in `model.NAME`. */
export const defineBackbone = <Options extends object>(
  definition: Named<Options> & BackboneDefinition<Options>,
): Definition => as('backbone', definition);

/** `model.heads.TASK.head: NAME`, with its keys in `model.heads.TASK.NAME`. */
export const defineHead = <Options extends object>(
  definition: Named<Options> & HeadDefinition<Options>,
): Definition => as('head', definition);

/** `loss.functions.TASK: NAME`, with its keys in `loss.NAME`. */
export const defineLoss = <Options extends object>(
  definition: Named<Options> & LossDefinition<Options>,
): Definition => as('loss', definition);

/** `augment.policy: [{effect: NAME, …}]`, with its keys there. `p` is the probability where a policy does not say one. */
export const defineEffect = <Options extends object>(
  definition: Named<Options> & Pick<Effect<Options>, 'apply'> & { p?: number },
): Definition => as('effect', definition);

/** `data.source: NAME`, with its keys in `data.NAME`. */
export const defineSource = <Options extends object>(
  definition: Named<Options> & SourceDefinition<Options>,
): Definition => as('source', definition);

/** `sweep.method: NAME`, with its keys in `sweep.NAME`. */
export const defineSampler = <Options extends object>(
  definition: Named<Options> & SamplerDefinition<Options>,
): Definition => as('sampler', definition);
