import { extension } from '../../plugins/index.ts';
import type { Parameters } from '../layers.ts';
import type { Backbone } from './backbone.ts';
import { resnet } from './resnet.ts';

/** Every backbone, by its name in a spec: one line each. */
export const backbones = {
  resnet18: resnet({ depths: [2, 2, 2, 2], bottleneck: false }),
  resnet50: resnet({ depths: [3, 4, 6, 3], bottleneck: true }),
} satisfies Record<string, (parameters: Parameters) => Backbone>;

export type BackboneName = keyof typeof backbones;

export type { Backbone } from './backbone.ts';

/** A backbone of a plugin: `create` is given its own keys of the spec. */
export interface BackboneDefinition<Options = Record<string, never>> {
  create(parameters: Parameters, options: Options): Backbone;
}

/** Makes the backbone of a name. */
export type MakeBackbone = (parameters: Parameters) => Backbone;

/** The backbone that `model` of an experiment names, of the table or of a plugin. */
export function backboneOf(model: { backbone: BackboneName }): MakeBackbone {
  const own = extension<BackboneDefinition<unknown>>('backbone', model.backbone);
  if (!own) return backbones[model.backbone];
  return (parameters) => own.create(parameters, (model as Record<string, unknown>)[own.name]);
}
