import type { Variable } from '../../tensor/index.ts';
import type { Parameter } from '../layers.ts';

/** A variable of zeros for each parameter. */
export function slotsFor(slot: string, parameters: Parameter[]): Map<Parameter, Variable> {
  return new Map(
    parameters.map((parameter) => [parameter, { name: `${slot}/${parameter.name}`, shape: parameter.shape }]),
  );
}
