import { checkValues } from '../check-values.ts';
import { size } from '../graph/ir.ts';
import type { Variable } from '../runtime.ts';
import { type Place, Slabs } from './memory.ts';

/** The variables of a runtime: float32 arrays that its programs read and change in place. */
export class VariableStore {
  /** Grows with every change, so that what was derived from variables is known to be of the past. */
  version = 0;
  private readonly slabs = new Slabs();
  private readonly places = new Map<Variable, Place>();
  private readonly names = new Map<string, Variable>();
  private readonly initialized = new Set<Variable>();

  place(variable: Variable): Place {
    const known = this.places.get(variable);
    if (known) return known;
    const namesake = this.names.get(variable.name);
    if (namesake && namesake !== variable) throw new Error(`Two variables are called ${variable.name}.`);
    this.names.set(variable.name, variable);
    const place = this.slabs.place(size(variable.shape) * 4, `the variable ${variable.name}`);
    this.places.set(variable, place);
    return place;
  }

  /** Returns every variable that has no value yet its initial one. */
  initialize(variables: Iterable<Variable>): void {
    for (const variable of variables) {
      if (this.initialized.has(variable)) continue;
      // A new place is zero.
      const array = this.array(variable);
      const values = variable.initial?.(array);
      if (values && values !== array) this.set(variable, array, values);
      this.initialized.add(variable);
    }
  }

  read(variables: readonly Variable[]): Map<Variable, Float32Array> {
    this.initialize(variables);
    return new Map(variables.map((variable) => [variable, this.array(variable).slice()]));
  }

  write(values: ReadonlyMap<Variable, Float32Array>): void {
    for (const [variable, data] of values) {
      this.set(variable, this.array(variable), data);
      this.initialized.add(variable);
    }
    this.version++;
  }

  get bytes(): number {
    return this.slabs.bytes;
  }

  dispose(): void {
    this.slabs.free();
    this.places.clear();
  }

  private array(variable: Variable): Float32Array {
    const { region, offset } = this.place(variable);
    return region.floats(offset, size(variable.shape));
  }

  private set(variable: Variable, array: Float32Array, data: Float32Array): void {
    checkValues(variable, data);
    array.set(data);
  }
}
