import type { Tensor2D } from '@tensorflow/tfjs-core';
import { extension } from '../../plugins/index.ts';
import type { Layer, Parameters } from '../layers.ts';

/** One task's logits from features, [batch, features] → [batch, outputs]. */
export type Head = Layer<Tensor2D>;

/** A head of a plugin: `create` is given its own keys of the spec beside the shape. */
export interface HeadDefinition<Options = Record<string, never>> {
  create(
    parameters: Parameters,
    shape: { name: string; features: number; outputs: number },
    options: Options,
  ): Head;
}

/** The head of a plugin that `model.heads.<task>` of an experiment names; undefined for our own. */
export function pluginHead(
  parameters: Parameters,
  options: { head: string },
  shape: { name: string; features: number; outputs: number },
): Head | undefined {
  const own = extension<HeadDefinition<unknown>>('head', options.head);
  const settings = own && (options as unknown as Record<string, unknown>)[own.name];
  return own?.create(parameters, shape, settings);
}
