import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../../base/errors.ts';
import { toOnnx } from '../export/onnx.ts';
import type { KernelBackend } from '../native/kernels.ts';
import { DataType, type NativeLibrary, type Output, type Pointer } from '../native/library.ts';
import type { SwitchBinding } from '../native/switch-binding.ts';
import type {
  CompiledStep,
  CompileReport,
  StepFunction,
  StepInput,
  StepOutput,
  Variable,
} from '../runtime.ts';
import { describe, GraphBuilder } from './builder.ts';
import { TraceContext } from './context.ts';
import type { DerivedValues } from './derived.ts';
import { type Node, type Trace, typeAttribute, type Value } from './ir.ts';
import { lower, type RewriteName } from './lower/index.ts';
import { prune } from './lower/prune.ts';
import type { Session } from './session.ts';
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

const SEED = 'facecom/seed';

const inputTypes = { float32: DataType.FLOAT, int32: DataType.INT32, uint8: DataType.UINT8 } as const;

/** What a program needs of the runtime that it is one of. */
interface Host {
  readonly library: NativeLibrary;
  readonly session: Session;
  readonly variables: VariableStore;
  readonly derived: DerivedValues;
  readonly binding: SwitchBinding;
  readonly kernels: KernelBackend;
  readonly precision: 'float32' | 'bfloat16';
  readonly seed: number;
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
  private readonly fn: StepFunction;
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

  async toOnnx(
    inputs: Record<string, Omit<StepInput, 'values'>>,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    const { trace, variables } = this.trace(inputs);
    const store = this.runtime.variables;
    await store.initialize(variables);
    const values = await store.read([...variables]);
    return toOnnx(prune(trace), {
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
    const key = JSON.stringify(
      Object.entries(inputs).map(([name, { shape, dtype }]) => [name, dtype, shape]),
    );
    let compiled = this.cache.get(key);
    if (!compiled) {
      compiled = this.compile(inputs);
      this.cache.set(key, compiled);
    }
    return compiled;
  }

  private compile(inputs: Record<string, Omit<StepInput, 'values'>>): Compiled {
    const started = performance.now();
    const { trace, variables } = this.trace(inputs);
    const { precision, rewrites } = this.runtime;
    const whole = lower(trace, { precision, rewrites });
    const split = this.runtime.derived.split(whole);
    const lowered = split?.rest ?? whole;
    const { api } = this.runtime.library;
    const builder = new GraphBuilder(
      api,
      this.runtime.session.graph,
      `${this.name}_${this.index}_${this.cache.size}/`,
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

  private trace(inputs: Record<string, Omit<StepInput, 'values'>>): {
    trace: Trace;
    variables: Set<Variable>;
  } {
    const { binding, kernels } = this.runtime;
    return binding.trace((trace) => {
      const seed = trace.placeholder(SEED, [2], DataType.INT32);
      const context = new TraceContext(trace, kernels, seed);
      const outputs = new Map<string, Value>();
      tf.tidy(() => {
        const tensors: Record<string, tf.Tensor> = {};
        for (const [name, { shape, dtype }] of Object.entries(inputs)) {
          let value = trace.placeholder(name, [...shape], inputTypes[dtype]);
          if (dtype === 'uint8') {
            const cast = [typeAttribute('SrcT', DataType.UINT8), typeAttribute('DstT', DataType.FLOAT)];
            value = trace.node('Cast', cast, [value]).outputs[0]!;
          }
          tensors[name] = context.tensor(value);
        }
        const found: unknown = this.fn(tensors, context);
        if (found instanceof Promise) {
          // It may fail on a value that is not there: that is told here.
          found.catch(() => {});
          throw new FacecomError('trace-async', `The step ${this.name} is an async function.`, {
            found: 'a promise in place of its outputs',
            expected: 'a function that only builds tensors and gives them back at once',
            remedy: 'Await nothing in it: return tensors as outputs and read them after the run.',
          });
        }
        for (const [name, tensor] of Object.entries(found as Record<string, tf.Tensor>)) {
          if (!(tensor instanceof tf.Tensor)) {
            throw new FacecomError(
              'trace-output',
              `The output ${name} of the step ${this.name} is not a tensor.`,
            );
          }
          outputs.set(name, context.value(tensor));
        }
      });
      context.dispose();
      return { trace: trace.finish(outputs), variables: context.variables };
    });
  }
}
