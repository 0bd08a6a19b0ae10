import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../base/random.ts';
import { checkValues } from './check-values.ts';
import { differentiate, differentiateEach } from './gradients.ts';
import type {
  Adam,
  BackendName,
  CompiledStep,
  CompileReport,
  Momentum,
  Runtime,
  StepContext,
  StepFunction,
  StepInput,
  StepOutput,
  Variable,
} from './runtime.ts';

/** Executes steps op by op on a tfjs backend that is already set: the same step functions as the compiled runtime. */
export class EagerRuntime implements Runtime {
  readonly backend: BackendName;
  readonly compiled = false;
  readonly precision = 'float32' as const;
  readonly device: string;
  readonly version: string;
  private readonly seed: number;
  private readonly variables = new Map<Variable, tf.Variable>();

  constructor(backend: BackendName, options: { seed: number; device: string }) {
    this.backend = backend;
    this.seed = options.seed;
    this.device = options.device;
    this.version = `tfjs ${tf.version_core} ${backend}`;
  }

  compile(name: string, fn: StepFunction): CompiledStep {
    const run = async (inputs: Record<string, StepInput>, step = 0): Promise<Record<string, StepOutput>> => {
      tf.engine().startScope(name);
      let outputs: Record<string, tf.Tensor>;
      try {
        outputs = this.execute(fn, inputs, step);
        for (const tensor of Object.values(outputs)) tf.keep(tensor);
      } finally {
        tf.engine().endScope();
      }
      const found: Record<string, StepOutput> = {};
      for (const [key, tensor] of Object.entries(outputs)) {
        found[key] = { shape: tensor.shape, values: (await tensor.data()) as Float32Array };
        tensor.dispose();
      }
      return found;
    };
    const prepare = (): CompileReport => ({ traced: 0, lowered: 0, milliseconds: 0 });
    return { name, run, prepare };
  }

  private execute(
    fn: StepFunction,
    inputs: Record<string, StepInput>,
    step: number,
  ): Record<string, tf.Tensor> {
    const tensors: Record<string, tf.Tensor> = {};
    for (const [key, { values, shape, dtype }] of Object.entries(inputs)) {
      const data = dtype === 'uint8' ? Float32Array.from(values) : values;
      tensors[key] = tf.tensor(data as Float32Array, [...shape], dtype === 'int32' ? 'int32' : 'float32');
    }
    const context = new EagerContext((variable) => this.variable(variable), this.seed, step);
    // A fetched variable must not be the variable itself, which lives on, and is given as it was when the step began.
    const outputs = Object.entries(fn(tensors, context)).map(([key, tensor]) => [key, tf.clone(tensor)]);
    context.finish();
    return Object.fromEntries(outputs);
  }

  async values(variables: readonly Variable[]): Promise<Map<Variable, Float32Array>> {
    const found = new Map<Variable, Float32Array>();
    for (const variable of variables)
      found.set(variable, Float32Array.from(await this.variable(variable).data()));
    return found;
  }

  async setValues(values: ReadonlyMap<Variable, Float32Array>): Promise<void> {
    for (const [variable, data] of values) {
      checkValues(variable, data);
      tf.tidy(() => this.variable(variable).assign(tf.tensor(data.slice(), [...variable.shape])));
    }
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }

  private variable(variable: Variable): tf.Variable {
    let found = this.variables.get(variable);
    if (!found) {
      found = tf.tidy(() => {
        const shape = [...variable.shape];
        const initial = variable.initial ? tf.tensor(variable.initial(), shape) : tf.zeros(shape);
        return tf.variable(initial, true);
      });
      this.variables.set(variable, found);
    }
    return found;
  }
}

/** The effects of a step that is executed op by op: they are carried out when the function has returned. */
class EagerContext implements StepContext {
  private readonly find: (variable: Variable) => tf.Variable;
  private readonly seed: number;
  private readonly step: number;
  private readonly effects: Array<() => void> = [];

  constructor(find: (variable: Variable) => tf.Variable, seed: number, step: number) {
    this.find = find;
    this.seed = seed;
    this.step = step;
  }

  read(variable: Variable): tf.Tensor {
    return this.find(variable);
  }

  assign(variable: Variable, value: tf.Tensor): void {
    const kept = keep(value);
    this.effects.push(() => {
      this.find(variable).assign(tf.clone(kept));
      kept.dispose();
    });
  }

  add(variable: Variable, value: tf.Tensor): void {
    const kept = keep(value);
    this.effects.push(() => {
      this.update(variable, (old) => tf.add(old, kept));
      kept.dispose();
    });
  }

  follow(average: Variable, of: Variable, rate: number): void {
    this.effects.push(() =>
      this.update(average, (old) => tf.sub(old, tf.mul(tf.sub(old, this.find(of)), rate))),
    );
  }

  decay(variable: Variable, rate: tf.Tensor): void {
    this.effects.push(() => this.update(variable, (old) => tf.sub(old, tf.mul(old, rate))));
  }

  adam(variable: Variable, m: Variable, v: Variable, gradient: tf.Tensor, options: Adam): void {
    const { beta1, beta2 } = options;
    this.effects.push(() => {
      this.update(m, (old) => tf.add(tf.mul(old, beta1), tf.mul(gradient, 1 - beta1)));
      this.update(v, (old) => tf.add(tf.mul(old, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
      this.update(variable, (old) => {
        const rate = tf.mul(
          options.learningRate,
          tf.div(tf.sqrt(tf.sub(1, options.beta2Power)), tf.sub(1, options.beta1Power)),
        );
        return tf.sub(
          old,
          tf.div(tf.mul(this.find(m), rate), tf.add(tf.sqrt(this.find(v)), options.epsilon)),
        );
      });
    });
  }

  momentum(variable: Variable, buffer: Variable, gradient: tf.Tensor, options: Momentum): void {
    this.effects.push(() => {
      this.update(buffer, (old) => tf.add(tf.mul(old, options.momentum), gradient));
      this.update(variable, (old) => {
        const buffered = this.find(buffer);
        const direction = options.nesterov ? tf.add(gradient, tf.mul(buffered, options.momentum)) : buffered;
        return tf.sub(old, tf.mul(direction, options.learningRate));
      });
    });
  }

  uniform(shape: number[], name: string): tf.Tensor {
    const random = new Random(this.seed, 'uniform', name, this.step);
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    // 24 bits: the largest float32 drawn stays below 1.
    for (let i = 0; i < values.length; i++) values[i] = (random.bits() >>> 8) / 16777216;
    return tf.tensor(values, shape);
  }

  gradients(loss: () => tf.Scalar, variables: readonly Variable[]) {
    return differentiate(
      loss,
      variables.map((variable) => this.find(variable)),
      () => undefined,
    );
  }

  gradientsOfEach<T>(
    pass: () => T,
    targets: (found: T) => Array<{ loss: tf.Scalar; variables: readonly Variable[] }>,
  ) {
    return differentiateEach(
      pass,
      (found) =>
        targets(found).map(({ loss, variables }) => ({
          loss,
          xs: variables.map((variable) => this.find(variable)),
        })),
      () => undefined,
    );
  }

  /** Carries out the effects in the order in which they were asked for. */
  finish(): void {
    for (const effect of this.effects) tf.tidy(effect);
  }

  private update(variable: Variable, change: (old: tf.Tensor) => tf.Tensor): void {
    const found = this.find(variable);
    found.assign(change(found) as tf.Tensor<tf.Rank>);
  }
}

/** A value from within a gradient's scope, which disposes it, until the step's effects are carried out. */
const keep = (value: tf.Tensor): tf.Tensor => tf.keep(tf.clone(value));
