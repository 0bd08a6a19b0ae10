import * as tf from '@tensorflow/tfjs-core';
import type { StepContext, Variable } from '../../tensor/index.ts';
import type { Parameter } from '../layers.ts';

/** How one parameter's update differs from the others'. */
export interface Treatment {
  /** What the learning rate is multiplied by. */
  rate(parameter: Parameter): number;
  decays(parameter: Parameter): boolean;
}

/** An optimizer's update of parameters, written as effects of a step. */
export interface Optimizer {
  /** Its state, named `<slot>/<parameter>`. */
  slots: Variable[];
  /** Scalars that change from step to step and are inputs of it; `step` counts from 1. */
  scalars(step: number, learningRate: number): Record<string, number>;
  apply(
    context: StepContext,
    gradients: ReadonlyMap<Parameter, tf.Tensor>,
    scalars: Record<string, tf.Tensor>,
    treatment: Treatment,
  ): void;
}

/** A variable of zeros for each parameter. */
export function slotsFor(slot: string, parameters: readonly Parameter[]): Map<Parameter, Variable> {
  return new Map(
    parameters.map((parameter) => [parameter, { name: `${slot}/${parameter.name}`, shape: parameter.shape }]),
  );
}

/** A scalar times each parameter's own factor, one product a factor. */
export function byFactor(scalar: tf.Tensor): (factor: number) => tf.Tensor {
  const made = new Map<number, tf.Tensor>([[1, scalar]]);
  return (factor) => {
    const known = made.get(factor) ?? tf.mul(scalar, factor);
    made.set(factor, known);
    return known;
  };
}
