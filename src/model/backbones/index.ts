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
