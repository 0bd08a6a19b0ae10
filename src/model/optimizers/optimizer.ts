import type * as tf from '@tensorflow/tfjs-core';
import type { StepContext, Variable } from '../../tensor/index.ts';
import type { Parameter } from '../layers.ts';

/** An optimizer's update of all parameters, written as effects of a step. */
export interface Optimizer {
  /** Its state, named `<slot>/<parameter>`. */
  slots: Variable[];
  /** Scalars that change from step to step and are inputs of it; `step` counts from 1. */
  scalars(step: number, learningRate: number): Record<string, number>;
  apply(context: StepContext, gradients: Map<Parameter, tf.Tensor>, scalars: Record<string, tf.Tensor>): void;
}

export type OptimizerSpec =
  | { name: 'adam' | 'adamw'; lr: number; weight_decay: number; betas: [number, number]; epsilon: number }
  | { name: 'sgd'; lr: number; weight_decay: number; momentum: number; nesterov: boolean };
