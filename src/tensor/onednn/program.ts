import { type GraphFormat, graphFormats } from '../export/index.ts';
import { describe } from '../graph/builder.ts';
import { bfloat16 } from '../graph/lower/bfloat16.ts';
import { prune } from '../graph/lower/prune.ts';
import { SEED, shapesKey, traceStep } from '../graph/tracing.ts';
import type {
  CompiledStep,
  CompileReport,
  StepFunction,
  StepInput,
  StepOutput,
  Variable,
} from '../runtime.ts';
import { describeProgram } from './describe-program.ts';
import { Emitter, type Tensor } from './emitter.ts';
import { Executable, splitDerived } from './executable.ts';
import type { OneDnnHost } from './host.ts';
import { Slabs } from './memory.ts';
import { ruleOf } from './ops/index.ts';
import { schedule } from './schedule.ts';
import { OneDnnShapes } from './shapes.ts';

interface Compiled {
  executable: Executable;
  inputs: Map<string, Tensor>;
  outputs: Map<string, { tensor: Tensor; shape: number[] }>;
  variables: Set<Variable>;
  /** Whether it changes variables. */
  changes: boolean;
  report: CompileReport;
}

/**
 *   fn ─ trace (per input shape) ─▶ Trace ─ bfloat16, schedule ─▶ ops ─ their rules ─▶ instructions ─ plan ─▶ Executable ─ run ─▶ outputs
 */
export class OneDnnProgram implements CompiledStep {
  readonly name: string;
  readonly fn: StepFunction;
  private readonly runtime: OneDnnHost;
  private readonly cache = new Map<string, Compiled>();

  constructor(runtime: OneDnnHost, name: string, fn: StepFunction) {
    this.runtime = runtime;
    this.name = name;
    this.fn = fn;
  }

  prepare(inputs: Record<string, Omit<StepInput, 'values'>>): CompileReport {
    return this.compiled(inputs).report;
  }

  run(inputs: Record<string, StepInput>, step = 0): Promise<Record<string, StepOutput>> {
    return this.runtime.inTurn(() => this.execute(inputs, step));
  }

  async toGraph(
    format: GraphFormat,
    inputs: Record<string, Omit<StepInput, 'values'>>,
    metadata: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    const { trace, variables } = traceStep(this.runtime.tracer, new OneDnnShapes(), this, inputs);
    const values = this.runtime.variables.read([...variables]);
    return graphFormats[format](prune(trace), {
      values: new Map([...values].map(([{ name }, value]) => [name, value])),
      metadata,
    });
  }

  /** What the steps compiled so far consist of, by the shapes of their inputs. */
  executables(): Executable[] {
    return [...this.cache.values()].map(({ executable }) => executable);
  }

  dispose(): void {
    for (const { executable } of this.cache.values()) executable.dispose();
    this.cache.clear();
  }

  private async execute(
    inputs: Record<string, StepInput>,
    step: number,
  ): Promise<Record<string, StepOutput>> {
    const compiled = this.compiled(inputs);
    const { executable } = compiled;
    const { variables, seed, turns } = this.runtime;
    variables.initialize(compiled.variables);
    if (compiled.changes) this.runtime.changing();
    const info = { seed, step };
    const becomes = variables.version + (compiled.changes ? 1 : 0);
    await turns?.take();
    try {
      await executable.derive(variables.version, info);
      for (const [name, tensor] of compiled.inputs) {
        const values = name === SEED ? Int32Array.of(seed | 0, step) : inputs[name]!.values;
        executable.array(tensor).set(values);
      }
      await executable.run(info, becomes);
    } finally {
      turns?.pass();
    }
    variables.version = becomes;
    return Object.fromEntries(
      [...compiled.outputs].map(([name, { tensor, shape }]) => [
        name,
        { shape, values: executable.array(tensor).slice() },
      ]),
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
    const { runtime } = this;
    runtime.useThreads();
    const { trace, variables } = traceStep(runtime.tracer, new OneDnnShapes(), this, inputs);
    const lowered = bfloat16(trace, { precision: runtime.precision }, (op) => ruleOf(op)?.low);
    const nodes = schedule(lowered);
    const slabs = new Slabs();
    const named = new Map([...variables].map((variable) => [variable.name, variable]));
    const emitter = new Emitter({ ...lowered, nodes }, runtime.primitives, {
      keep: (bytes, what) => slabs.place(bytes, what),
      lean: runtime.lean,
      isView: ({ op }) => ruleOf(op)?.view ?? false,
      variable: (name) => {
        const variable = named.get(name)!;
        return { shape: variable.shape, place: runtime.variables.place(variable) };
      },
    });
    for (const node of nodes) {
      try {
        emitter.emit(node, ruleOf(node.op)!.emit);
      } catch (error) {
        throw runtime.refused(error, describe(node));
      }
    }
    const outputs = new Map(
      [...lowered.outputs].map(([name, value]) => [
        name,
        { tensor: emitter.tensor(value), shape: [...value.shape] },
      ]),
    );
    const placed = new Map(
      [...lowered.inputs]
        .filter(([, value]) => emitter.has(value))
        .map(([name, value]) => [name, emitter.tensor(value)]),
    );
    const changes = trace.effects.length > 0;
    const program = changes ? emitter.program() : splitDerived(emitter.instructions);
    const executable = new Executable(runtime, `the step ${this.name}`, program, {
      inputs: [...placed.values()],
      outputs: [...outputs.values()].map(({ tensor }) => tensor),
      slabs,
    });
    const milliseconds = performance.now() - started;
    return {
      executable,
      inputs: placed,
      outputs,
      variables,
      changes,
      report: {
        traced: trace.nodes.length,
        lowered: executable.length,
        milliseconds,
        program: () => describeProgram([...program.first, ...program.rest]),
      },
    };
  }
}
