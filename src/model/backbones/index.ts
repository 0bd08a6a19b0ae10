import { extension } from '../../plugins/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { BackboneDefinition, MakeBackbone } from './backbone.ts';
import { convnext } from './convnext.ts';
import { efficientnet } from './efficientnet.ts';
import { iresnet } from './iresnet.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import { mobilenetV3 } from './mobilenet-v3.ts';
import { resnet } from './resnet.ts';
import { tiny } from './tiny.ts';
import { vgg } from './vgg.ts';
import { vit } from './vit.ts';

export type { Backbone, BackboneDefinition, MakeBackbone } from './backbone.ts';

export type BackboneName = Experiment['model']['backbone'];

/** Every backbone, by its name in a spec: one line each. */
export const backbones: Record<BackboneName, MakeBackbone> = {
  resnet18: resnet({ depths: [2, 2, 2, 2], bottleneck: false }),
  resnet34: resnet({ depths: [3, 4, 6, 3], bottleneck: false }),
  resnet50: resnet({ depths: [3, 4, 6, 3], bottleneck: true }),
  resnet101: resnet({ depths: [3, 4, 23, 3], bottleneck: true }),
  iresnet18: iresnet([2, 2, 2, 2]),
  iresnet50: iresnet([3, 4, 14, 3]),
  mobilenet_v2: mobilenetV2,
  mobilenet_v3_small: mobilenetV3,
  efficientnet_b0: efficientnet,
  convnext_tiny: convnext({ depths: [3, 3, 9, 3], widths: [96, 192, 384, 768] }),
  vgg19_bn: vgg([2, 2, 4, 4, 4]),
  vit_small: vit({ depth: 12, width: 384, heads: 6, patch: 16 }),
  tiny,
};

/** The backbone that `model` of an experiment names, of the table or of a plugin. */
export function backboneOf(model: { backbone: BackboneName }): MakeBackbone {
  const own = extension<BackboneDefinition<unknown>>('backbone', model.backbone);
  if (!own) return backbones[model.backbone];
  const settings = (model as Record<string, unknown>)[own.name];
  return (parameters) => own.create(parameters, settings);
}
