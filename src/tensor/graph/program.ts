import { type GraphFormat, graphFormats } from '../export/index.ts';
import { DataType, type NativeLibrary, type Output, type Pointer } from '../native/library.ts';
import type {
  CompiledStep,
  CompileReport,
  StepFunction,
  StepInput,
  StepOutput,
  Variable,
} from '../runtime.ts';
import { describe, GraphBuilder } from './builder.ts';
import type { DerivedValues } from './derived.ts';
import type { Node } from './ir.ts';
import { lower, type RewriteName } from './lower/index.ts';
import { prune } from './lower/prune.ts';
import type { Session } from './session.ts';
import { TensorFlowShapes } from './tensorflow-shapes.ts';
import { SEED, shapesKey, type Tracer, traceStep } from './tracing.ts';
import type { VariableStore } from './variables.ts';

/** A traced, lowered function in the session's graph, for one shape of its inputs. */
interface Compiled {
  inputs: Map<string, { output: Output; dtype: number }>;
  seed?: Output;
  outputs: Array<{ name: string; output: Output; shape: number[] }>;
  targets: Pointer[];
  /** What the step derives from variables alone, kept from run to run. */
  derived?: { names: string[]; targets: Pointer[] };
  variables: Set<Variable>;
  /** Ops by their names in the graph. */
  names: ReadonlyMap<string, Node>;
  report: CompileReport;
}

/** What a program needs of the runtime that it is one of. */
interface Host {
  readonly library: NativeLibrary;
  readonly session: Session;
  readonly variables: VariableStore;
  readonly derived: DerivedValues;
  readonly tracer: Tracer;
  readonly precision: 'float32' | 'bfloat16';
  readonly seed: number;
  readonly placed: 'CPU' | 'GPU' | undefined;
  readonly rewrites: readonly RewriteName[] | undefined;
  /** A step is about to run; `changes`: it changes variables. */
  starting(changes: boolean): Promise<void>;
}

/**
 *   fn ─ trace (per input shape) ─▶ Trace ─ lower ─▶ Trace ─ emit ─▶ the session's graph ─ run ─▶ outputs
 */
export class GraphProgram implements CompiledStep {
  readonly name: string;
  private readonly runtime: Host;
  readonly fn: StepFunction;
  private readonly index: number;
  private readonly cache = new Map<string, Compiled>();

  /** `index` tells steps of one name apart. */
  constructor(runtime: Host, name: string, index: number, fn: StepFunction) {
    this.index = index;
    this.runtime = runtime;
    this.name = name;
    this.fn = fn;
  }

  prepare(inputs: Record<string, Omit<StepInput, 'values'>>): CompileReport {
    return this.compiled(inputs).report;
  }

  async toGraph(
    format: GraphFormat,
    inputs: Record<string, Omit<StepInput, 'values'>>,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    const { library, tracer } = this.runtime;
    const { trace, variables } = traceStep(tracer, new TensorFlowShapes(library.api), this, inputs);
    const store = this.runtime.variables;
    await store.initialize(variables);
    const values = await store.read([...variables]);
    return graphFormats[format](prune(trace), {
      values: new Map([...values].map(([{ name }, value]) => [name, value])),
      metadata,
    });
  }

  async run(inputs: Record<string, StepInput>, step = 0): Promise<Record<string, StepOutput>> {
    const compiled = this.compiled(inputs);
    const { session, variables, derived, seed } = this.runtime;
    const what = (message: string) => {
      // Such as `{{node train_0/GatherV2_7}}`.
      const name = /\{\{node ([^}]+)\}\}/.exec(message)?.[1];
      const node = name === undefined ? undefined : compiled.names.get(name);
      return `the step ${this.name}${node ? `, in ${describe(node)}` : ''}`;
    };
    await variables.initialize(compiled.variables);
    await this.runtime.starting(compiled.targets.length > 0);
    if (compiled.derived) {
      const { names, targets } = compiled.derived;
      await derived.need(names, () => session.run([], [], targets, what));
    }
    const feeds = [...compiled.inputs].map(([name, { output, dtype }]) => {
      const { shape, values } = inputs[name]!;
      return { output, shape, dtype, values };
    });
    if (compiled.seed)
      feeds.push({
        output: compiled.seed,
        shape: [2],
        dtype: DataType.INT32,
        values: Int32Array.of(seed | 0, step),
      });
    const fetches = compiled.outputs.map(({ output }) => output);
    const values = await derived.use(() => session.run(feeds, fetches, compiled.targets, what));
    return Object.fromEntries(
      compiled.outputs.map(({ name, shape }, i) => [name, { shape, values: values[i]! }]),
    );
  }

  private compiled(inputs: Record<string, Omit<StepInput, 'values'>>): Compiled {
    const key = shapesKey(inputs);
    let compiled = this.cache.get(key);
    if (!compiled) {
      compiled = this.compile(inputs);
      this.cache.set(key, compiled);
    }
    return compiled;
  }

  private compile(inputs: Record<string, Omit<StepInput, 'values'>>): Compiled {
    const started = performance.now();
    const { api } = this.runtime.library;
    const { precision, rewrites, tracer } = this.runtime;
    const { trace, variables } = traceStep(tracer, new TensorFlowShapes(api), this, inputs);
    const whole = lower(trace, { precision, rewrites });
    const split = this.runtime.derived.split(whole);
    const lowered = split?.rest ?? whole;
    const builder = new GraphBuilder(
      api,
      this.runtime.session.graph,
      `${this.name}_${this.index}_${this.cache.size}/`,
      this.runtime.placed,
    );
    for (const node of [...(split?.derive.nodes ?? []), ...lowered.nodes]) builder.add(node, false);
    const placeholders = new Map<string, { output: Output; dtype: number }>();
    for (const [name, value] of lowered.inputs)
      placeholders.set(name, { output: builder.output(value), dtype: value.dtype });
    const seed = placeholders.get(SEED)?.output;
    placeholders.delete(SEED);
    const compiled: Compiled = {
      inputs: placeholders,
      seed,
      outputs: [...lowered.outputs].map(([name, value]) => ({
        name,
        output: builder.output(value),
        shape: value.shape,
      })),
      targets: lowered.effects.map((node) => builder.operation(node)),
      derived: split && {
        names: split.names,
        targets: split.derive.effects.map((node) => builder.operation(node)),
      },
      variables,
      names: builder.names,
      report: { traced: trace.nodes.length, lowered: whole.nodes.length, milliseconds: 0 },
    };
    builder.dispose();
    compiled.report.milliseconds = performance.now() - started;
    return compiled;
  }
}
