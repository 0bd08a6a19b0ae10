import { checkValues } from '../check-values.ts';
import { type CApi, DataType, type Output, type Pointer } from '../native/library.ts';
import type { Variable } from '../runtime.ts';
import { GraphBuilder } from './builder.ts';
import { handleAttributes } from './context.ts';
import {
  constantNode,
  intAttribute,
  type Node,
  plainNode,
  shapeAttribute,
  size,
  typeAttribute,
  type Value,
} from './ir.ts';
import type { Session } from './session.ts';

interface Slot {
  read: Output;
  feed: Output;
  assign: Pointer;
  /** Sets it to zero. */
  clear: Pointer;
}

/** 16 MB. */
const VALUES_AT_ONCE = 4e6;

/** The variables of a session: the ops that read and set them, and which have a value yet. */
export class VariableStore {
  private readonly builder: GraphBuilder;
  private readonly session: Session;
  private readonly slots = new Map<Variable, Slot>();
  private readonly names = new Map<string, Variable>();
  private readonly initialized = new Set<Variable>();
  /** What variables are cleared with: fed, so that TensorFlow keeps no constant of it. */
  private readonly zero: Value;

  constructor(api: CApi, session: Session) {
    this.session = session;
    this.builder = new GraphBuilder(api, session.graph, 'variables/');
    const scalar = [typeAttribute('dtype', DataType.FLOAT), shapeAttribute('shape', [])];
    this.zero = this.add('Placeholder', scalar, []).outputs[0]!;
  }

  /** Returns every variable that has no value yet its initial one, a few at a time: the values exist twice meanwhile. */
  async initialize(variables: Iterable<Variable>): Promise<void> {
    const fresh = [...variables].filter((variable) => !this.initialized.has(variable));
    if (fresh.length === 0) return;
    const zeros = fresh.filter(({ initial }) => !initial);
    if (zeros.length > 0) {
      const clear = zeros.map((variable) => this.slot(variable).clear);
      const zero = {
        output: this.builder.output(this.zero),
        shape: [],
        dtype: DataType.FLOAT,
        values: Float32Array.of(0),
      };
      await this.session.run([zero], [], clear, () => 'clearing variables');
    }
    for (const variable of zeros) this.initialized.add(variable);
    let values = new Map<Variable, Float32Array>();
    let count = 0;
    for (const variable of fresh) {
      if (!variable.initial) continue;
      values.set(variable, variable.initial());
      count += size(variable.shape);
      if (count < VALUES_AT_ONCE) continue;
      await this.write(values);
      values = new Map();
      count = 0;
    }
    await this.write(values);
  }

  async write(values: ReadonlyMap<Variable, Float32Array>): Promise<void> {
    const feeds = [];
    const targets: Pointer[] = [];
    for (const [variable, data] of values) {
      checkValues(variable, data);
      const slot = this.slot(variable);
      feeds.push({ output: slot.feed, shape: variable.shape, dtype: DataType.FLOAT, values: data });
      targets.push(slot.assign);
    }
    if (targets.length === 0) return;
    await this.session.run(feeds, [], targets, () => 'setting variables');
    for (const variable of values.keys()) this.initialized.add(variable);
  }

  async read(variables: readonly Variable[]): Promise<Map<Variable, Float32Array>> {
    await this.initialize(variables);
    const found = await this.session.run(
      [],
      variables.map((variable) => this.slot(variable).read),
      [],
      () => 'reading variables',
    );
    return new Map(variables.map((variable, i) => [variable, found[i] as Float32Array]));
  }

  /** Frees what is not the session's. */
  dispose(): void {
    this.builder.dispose();
  }

  private slot(variable: Variable): Slot {
    const known = this.slots.get(variable);
    if (known) return known;
    const namesake = this.names.get(variable.name);
    if (namesake && namesake !== variable) throw new Error(`Two variables are called ${variable.name}.`);
    this.names.set(variable.name, variable);
    const dtype = typeAttribute('dtype', DataType.FLOAT);
    const handle = this.add('VarHandleOp', handleAttributes(variable), []).outputs[0]!;
    const read = this.add('ReadVariableOp', [dtype], [handle]).outputs[0]!;
    const feed = this.add('Placeholder', [dtype, shapeAttribute('shape', [...variable.shape])], [])
      .outputs[0]!;
    const assign = this.add('AssignVariableOp', [dtype], [handle, feed]);
    const shape = this.shape(variable.shape);
    // Zero is fed, and fills are told apart by an attribute: TensorFlow would otherwise make equal ones one constant that it keeps,
    // and copy it on the first update of each variable.
    const fill = [
      typeAttribute('T', DataType.FLOAT),
      typeAttribute('index_type', DataType.INT32),
      intAttribute('_variable', this.slots.size),
    ];
    const zeros = this.add('Fill', fill, [shape, this.zero]).outputs[0]!;
    const slot = {
      read: this.builder.output(read),
      feed: this.builder.output(feed),
      assign: this.builder.operation(assign),
      clear: this.builder.operation(this.add('AssignVariableOp', [dtype], [handle, zeros])),
    };
    this.slots.set(variable, slot);
    return slot;
  }

  private shape(values: readonly number[]): Value {
    const constant = { shape: [values.length], dtype: DataType.INT32, values: Int32Array.from(values) };
    return this.record(constantNode(constant)).outputs[0]!;
  }

  private add(op: string, attributes: Node['attributes'], inputs: Node['inputs']): Node {
    return this.record(plainNode(op, attributes, inputs));
  }

  private record(node: Node): Node {
    this.builder.add(node, true);
    return node;
  }
}
