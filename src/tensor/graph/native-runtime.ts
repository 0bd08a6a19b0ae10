import { FacecomError } from '../../base/errors.ts';
import { configProto, type NativeConfig } from '../native/config.ts';
import { EagerBinding } from '../native/eager.ts';
import { BACKEND_NAME } from '../native/kernels.ts';
import type { NativeLibrary } from '../native/library.ts';
import type { CompiledStep, Runtime, StepFunction, Variable } from '../runtime.ts';
import { DerivedValues } from './derived.ts';
import type { RewriteName } from './lower/index.ts';
import { GraphProgram } from './program.ts';
import { Session } from './session.ts';
import { openTracer, type Tracer } from './tracing.ts';
import { VariableStore } from './variables.ts';

let eager: EagerBinding | undefined;

/** tfjs's backend, which executes on native TensorFlow outside of traces. */
function openKernels(library: NativeLibrary, intraOpThreads: number): Tracer {
  const tracer = openTracer();
  eager ??= new EagerBinding(library.api, configProto({ intraOpThreads, interOpThreads: 0 }));
  tracer.binding.attach(eager);
  return tracer;
}

export interface NativeRuntimeOptions extends NativeConfig {
  /** Seed of the streams of `context.uniform`. */
  seed: number;
  precision: 'float32' | 'bfloat16';
  /** Rewrites of traced steps, all where left out. */
  rewrites?: readonly RewriteName[];
  /** Variables do not change once a step has run. */
  frozen?: boolean;
}

/** Compiles steps into one graph and runs them in one session, which holds the variables. */
export class NativeRuntime implements Runtime {
  readonly backend = BACKEND_NAME;
  readonly compiled = true;
  readonly device: string;
  readonly version: string;
  readonly precision: 'float32' | 'bfloat16';
  readonly library: NativeLibrary;
  readonly session: Session;
  readonly variables: VariableStore;
  readonly derived: DerivedValues;
  readonly tracer: Tracer;
  readonly seed: number;
  readonly rewrites: readonly RewriteName[] | undefined;
  /** The kind of device that ops are placed on by number, where there are several. */
  readonly placed: 'CPU' | 'GPU' | undefined;
  private readonly frozen: boolean;
  private programs = 0;
  private started = false;

  constructor(library: NativeLibrary, options: NativeRuntimeOptions) {
    this.library = library;
    this.version = library.version;
    this.precision = options.precision;
    this.seed = options.seed;
    this.rewrites = options.rewrites;
    this.frozen = options.frozen ?? false;
    const { replicas = 1, gpu } = options;
    this.placed = replicas === 1 ? undefined : gpu === undefined ? 'CPU' : 'GPU';
    this.tracer = openKernels(library, options.intraOpThreads);
    this.session = new Session(library.api, configProto(options));
    if (options.gpu !== undefined && !this.session.devices().some((device) => device.type === 'GPU')) {
      this.session.dispose();
      throw new FacecomError('no-gpu', `GPU ${options.gpu} was asked for, and TensorFlow sees none.`, {
        exitCode: 2,
        remedy: 'Set resources.device to cpu or auto, or run `facecom doctor`, which says what is missing.',
      });
    }
    this.device = options.gpu === undefined ? 'cpu' : `gpu:${options.gpu}`;
    this.variables = new VariableStore(library.api, this.session);
    this.derived = new DerivedValues(library.api, this.session);
  }

  compile(name: string, fn: StepFunction): CompiledStep {
    return new GraphProgram(this, name, this.programs++, fn);
  }

  async values(variables: readonly Variable[]): Promise<Map<Variable, Float32Array>> {
    return this.variables.read(variables);
  }

  async setValues(values: ReadonlyMap<Variable, Float32Array>): Promise<void> {
    await this.changing();
    return this.variables.write(values);
  }

  /** A step is about to run; `changes`: it changes variables. */
  async starting(changes: boolean): Promise<void> {
    if (changes) await this.changing();
    this.started = true;
  }

  private async changing(): Promise<void> {
    if (this.frozen && this.started) throw new Error('The variables of this runtime are frozen.');
    await this.derived.release();
  }

  dispose(): void {
    this.variables.dispose();
    this.derived.dispose();
    this.session.dispose();
  }
}
