import { FacecomError } from '../../errors.ts';
import { type CApi, DataType, type Output, type Pointer } from '../native/library.ts';
import type { Variable } from '../runtime.ts';
import { GraphBuilder } from './builder.ts';
import { handleAttributes } from './context.ts';
import { type Node, shapeAttribute, size, typeAttribute } from './ir.ts';
import type { Session } from './session.ts';

interface Slot {
  read: Output;
  feed: Output;
  assign: Pointer;
}

/** The variables of a session: the ops that read and set them, and which have a value yet. */
export class VariableStore {
  private readonly builder: GraphBuilder;
  private readonly session: Session;
  private readonly slots = new Map<Variable, Slot>();
  private readonly names = new Map<string, Variable>();
  private readonly initialized = new Set<Variable>();

  constructor(api: CApi, session: Session) {
    this.session = session;
    this.builder = new GraphBuilder(api, session.graph, 'variables/');
  }

  /** Gives every variable that has no value yet its initial one, in one run. */
  async initialize(variables: Iterable<Variable>): Promise<void> {
    const fresh = [...variables].filter((variable) => !this.initialized.has(variable));
    if (fresh.length === 0) return;
    await this.write(
      new Map(
        fresh.map((variable) => [variable, variable.initial?.() ?? new Float32Array(size(variable.shape))]),
      ),
    );
  }

  async write(values: ReadonlyMap<Variable, Float32Array>): Promise<void> {
    const feeds = [];
    const targets: Pointer[] = [];
    for (const [variable, data] of values) {
      if (data.length !== size(variable.shape)) {
        throw new FacecomError('variable-shape', `The variable ${variable.name} cannot take these values.`, {
          found: `${data.length} values`,
          expected: `${size(variable.shape)} values, of shape [${variable.shape}]`,
          remedy:
            'The checkpoint belongs to another model: check model.backbone, the heads and the number of identities.',
        });
      }
      const slot = this.slot(variable);
      feeds.push({ output: slot.feed, shape: variable.shape, dtype: DataType.FLOAT, values: data });
      targets.push(slot.assign);
    }
    await this.session.run(feeds, [], targets, 'setting variables');
    for (const variable of values.keys()) this.initialized.add(variable);
  }

  async read(variables: readonly Variable[]): Promise<Map<Variable, Float32Array>> {
    await this.initialize(variables);
    const found = await this.session.run(
      [],
      variables.map((variable) => this.slot(variable).read),
      [],
      'reading variables',
    );
    return new Map(variables.map((variable, i) => [variable, found[i] as Float32Array]));
  }

  private slot(variable: Variable): Slot {
    const known = this.slots.get(variable);
    if (known) return known;
    const namesake = this.names.get(variable.name);
    if (namesake && namesake !== variable) throw new Error(`Two variables are called ${variable.name}.`);
    this.names.set(variable.name, variable);
    const add = (op: string, attributes: Node['attributes'], inputs: Node['inputs']): Node => {
      const node: Node = { op, attributes, inputs, control: [], outputs: [] };
      this.builder.add(node, true);
      return node;
    };
    const dtype = typeAttribute('dtype', DataType.FLOAT);
    const handle = add('VarHandleOp', handleAttributes(variable), []).outputs[0]!;
    const read = add('ReadVariableOp', [dtype], [handle]).outputs[0]!;
    const feed = add('Placeholder', [dtype, shapeAttribute('shape', [...variable.shape])], []).outputs[0]!;
    const assign = add('AssignVariableOp', [dtype], [handle, feed]);
    const slot = {
      read: this.builder.output(read),
      feed: this.builder.output(feed),
      assign: this.builder.operation(assign),
    };
    this.slots.set(variable, slot);
    return slot;
  }
}
