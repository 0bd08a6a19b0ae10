import { type CApi, DataType, type Pointer } from '../native/library.ts';
import { GraphBuilder } from './builder.ts';
import { handleAttributes } from './context.ts';
import { boolAttribute, type Node, plainNode, type Trace, typeAttribute, type Value } from './ir.ts';
import { prune } from './lower/prune.ts';
import { rewrite } from './lower/rewrite.ts';
import type { Session } from './session.ts';

/** A step that changes nothing, split: what depends on variables alone, and the rest, which reads that. */
export interface Split {
  /** Computes and keeps the derived values: to be run when variables have changed. */
  derive: Trace;
  rest: Trace;
  /** Names of the derived values. */
  names: string[];
}

/**
 * Values that depend on variables alone, such as filters with the normalisation folded in, cast to bfloat16: evaluation computes
 * them once for all its batches. They are variables of the session under names that say how they were computed, so that steps
 * of several batch sizes share them, and are given back before training continues.
 */
export class DerivedValues {
  private readonly builder: GraphBuilder;
  private readonly session: Session;
  private readonly ids = new Map<string, number>();
  /** The op that frees a value, by the value's name. */
  private readonly frees = new Map<string, Pointer>();
  private readonly kept = new Map<string, Promise<unknown>>();
  private readonly uses = new Set<Promise<unknown>>();
  private freed: Promise<unknown> = Promise.resolve();

  constructor(api: CApi, session: Session) {
    this.session = session;
    this.builder = new GraphBuilder(api, session.graph, 'derived/');
  }

  /** Undefined if the step changes variables, or derives nothing from them. */
  split(trace: Trace): Split | undefined {
    if (trace.effects.length > 0) return undefined;
    const derived = this.derivedNodes(trace);
    const wanted = new Set<Value>(trace.outputs.values());
    for (const node of trace.nodes)
      if (!derived.has(node)) for (const value of node.inputs.flat()) wanted.add(value);
    const frontier = new Set([...wanted].filter(({ node }) => derived.has(node)));
    if (frontier.size === 0) return undefined;
    const nameOf = (value: Value) => `derived/${derived.get(value.node)}_${value.index}`;
    const effects = [...frontier].map((value) =>
      plainNode(
        'AssignVariableOp',
        [typeAttribute('dtype', value.dtype)],
        [handleOf(nameOf(value), value), value],
      ),
    );
    const rest = rewrite(trace, (_, emit, old) => {
      if (!old.outputs.some((value) => frontier.has(value))) return undefined;
      return old.outputs.map((value) => {
        if (!frontier.has(value)) return undefined;
        const handle = emit.op('VarHandleOp', attributesOf(nameOf(value), value), [], RESOURCE);
        return emit.op('ReadVariableOp', [typeAttribute('dtype', value.dtype)], [handle], value);
      });
    });
    for (const value of frontier) this.free(nameOf(value), value);
    return {
      derive: prune({ ...trace, outputs: new Map(), effects }),
      rest: prune(rest),
      names: [...frontier].map(nameOf),
    };
  }

  /** Sees to it that the values are there: `derive` computes them. */
  async need(names: readonly string[], derive: () => Promise<unknown>): Promise<void> {
    await this.freed;
    if (!names.every((name) => this.kept.has(name))) {
      const done = derive();
      for (const name of names) this.kept.set(name, done);
      done.catch(() => this.kept.clear());
    }
    await Promise.all(names.map((name) => this.kept.get(name)));
  }

  /** Runs a step that reads derived values: they are not freed before it has ended. */
  async use<T>(run: () => Promise<T>): Promise<T> {
    const running = run();
    this.uses.add(running);
    try {
      return await running;
    } finally {
      this.uses.delete(running);
    }
  }

  /** Variables will change: frees what was derived from them. */
  async release(): Promise<void> {
    if (this.kept.size > 0) {
      const targets = [...this.kept.keys()].map((name) => this.frees.get(name)!);
      const ended = Promise.allSettled([...this.kept.values(), ...this.uses]);
      this.kept.clear();
      this.freed = ended.then(() => this.session.run([], [], targets, () => 'freeing derived values'));
    }
    await this.freed;
  }

  dispose(): void {
    this.builder.dispose();
  }

  /** Ops that depend on variables and constants alone, each with a number that equal computations share. */
  private derivedNodes(trace: Trace): Map<Node, number> {
    const fixed = new Map<Node, number>();
    const derived = new Map<Node, number>();
    for (const node of trace.nodes) {
      const inputs = node.inputs.flat();
      const source = node.op === 'Const' || node.op === 'VarHandleOp';
      if (node.control.length > 0 || (inputs.length === 0 && !source)) continue;
      if (!inputs.every((value) => fixed.has(value.node))) continue;
      const id = this.id(node, fixed);
      fixed.set(node, id);
      const view = node.op === 'Reshape' || node.op === 'Identity';
      const computed = inputs.some((value) => derived.has(value.node));
      // A reshaped variable shares the variable's memory, and costs nothing.
      if (computed || (!view && inputs.some((value) => value.node.op === 'ReadVariableOp')))
        derived.set(node, id);
    }
    return derived;
  }

  private id(node: Node, ids: ReadonlyMap<Node, number>): number {
    const inputs = node.inputs.map((argument) =>
      [argument].flat().map((value) => `${ids.get(value.node)}_${value.index}`),
    );
    const values = node.constant && Array.from(node.constant.values);
    const key = JSON.stringify([node.op, node.attributes, inputs, node.constant?.shape, values]);
    const known = this.ids.get(key) ?? this.ids.size;
    this.ids.set(key, known);
    return known;
  }

  private free(name: string, value: Value): void {
    if (this.frees.has(name)) return;
    const handle = handleOf(name, value);
    const destroy = plainNode('DestroyResourceOp', [boolAttribute('ignore_lookup_error', true)], [handle]);
    this.builder.add(handle.node, false);
    this.builder.add(destroy, false);
    this.frees.set(name, this.builder.operation(destroy));
  }
}

const RESOURCE = { shape: [], dtype: DataType.RESOURCE };

const attributesOf = (name: string, { shape, dtype }: Value) => handleAttributes({ name, shape }, dtype);

function handleOf(name: string, kept: Value): Value {
  const node = plainNode('VarHandleOp', attributesOf(name, kept), []);
  const value = { node, index: 0, ...RESOURCE };
  node.outputs = [value];
  return value;
}
