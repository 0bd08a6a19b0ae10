import { freemem } from 'node:os';
import { FacecomError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';
import { openTracer, type Tracer } from '../graph/tracing.ts';
import type { CompiledStep, Runtime, StepFunction, Variable } from '../runtime.ts';
import type { OneDnnHost, OnInstruction } from './host.ts';
import { type OneDnn, OOM_REMEDY } from './library.ts';
import { Region } from './memory.ts';
import { Primitives } from './primitives.ts';
import { OneDnnProgram } from './program.ts';
import { Turns } from './turns.ts';
import { VariableStore } from './variables.ts';

export const BACKEND_NAME = 'onednn';

export interface OneDnnRuntimeOptions {
  /** Seed of the streams of `context.uniform`. */
  seed: number;
  precision: 'float32' | 'bfloat16';
  /** 0: one a core. */
  threads: number;
  /** Variables do not change once a step has run. */
  frozen?: boolean;
  /** Activations that are cheap to compute again are not kept for the backward pass. */
  lean?: boolean;
}

/** Bytes that this process may still take, as the system and its control group say. */
function availableMemory(): number {
  // From Node 20.13 on; of the types that are used here it is not a part.
  const { availableMemory: ask } = process as { availableMemory?: () => number };
  return ask ? Math.max(ask.call(process), 0) : freemem();
}

const tooLarge = (bytes: number, what: string): FacecomError =>
  new FacecomError('oom', `Out of memory: ${what}.`, {
    found: `it needs ${formatBytes(bytes)}, and ${formatBytes(availableMemory())} are free`,
    remedy: OOM_REMEDY,
  });

/** Compiles steps into programs of oneDNN primitives over one arena. */
export class OneDnnRuntime implements Runtime, OneDnnHost {
  readonly backend = BACKEND_NAME;
  readonly compiled = true;
  readonly device = 'cpu';
  readonly version: string;
  readonly precision: 'float32' | 'bfloat16';
  readonly library: OneDnn;
  readonly tracer: Tracer;
  readonly primitives: Primitives;
  readonly variables = new VariableStore();
  readonly seed: number;
  /** Where set, it is told of each instruction as it has run. */
  onInstruction: OnInstruction | undefined;
  /** Of the library, while it works for this runtime. */
  readonly threads: number;
  readonly lean: boolean;
  /** Where its steps take turns with those of other processes. */
  readonly turns: Turns | undefined;
  private readonly frozen: boolean;
  private readonly programs: OneDnnProgram[] = [];
  private memory: Region | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private started = false;

  constructor(library: OneDnn, options: OneDnnRuntimeOptions) {
    this.library = library;
    this.version = library.version;
    this.precision = options.precision;
    this.seed = options.seed;
    // More threads than cores would only wait for each other.
    this.threads = Math.min(options.threads || library.cores, library.cores);
    this.frozen = options.frozen ?? false;
    this.lean = options.lean ?? false;
    this.turns = Turns.open(this.threads, library.cores);
    this.tracer = openTracer();
    this.primitives = new Primitives(library);
  }

  compile(name: string, fn: StepFunction): CompiledStep {
    const program = new OneDnnProgram(this, name, fn);
    this.programs.push(program);
    return program;
  }

  values(variables: readonly Variable[]): Promise<Map<Variable, Float32Array>> {
    return this.inTurn(async () => this.variables.read(variables));
  }

  setValues(values: ReadonlyMap<Variable, Float32Array>): Promise<void> {
    return this.inTurn(async () => {
      this.changing();
      this.variables.write(values);
    });
  }

  /** Runs what uses the arena or the variables when all that was asked for before has ended. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.last.then(run);
    this.last = turn.catch(() => {});
    return turn;
  }

  /** Variables will change. */
  changing(): void {
    if (this.frozen && this.started) throw new Error('The variables of this runtime are frozen.');
  }

  /** The arena, of at least so many bytes: all programs use one, since they run in turn. */
  arena(bytes: number, what: string): Region {
    this.started = true;
    if (!this.memory || this.memory.bytes < bytes) {
      if (bytes > availableMemory()) throw tooLarge(bytes, what);
      const old = this.memory;
      this.memory = undefined;
      old?.free();
      this.memory = new Region(bytes, what);
    }
    return this.memory;
  }

  /** The library's threads are set for the process: each runtime sets its own before it uses them. */
  useThreads(): void {
    this.library.setThreads(this.threads);
  }

  /** An error of the library, with what was asked of it. */
  refused(error: unknown, what: string): FacecomError {
    if (error instanceof FacecomError && error.code !== 'onednn') return error;
    const found =
      error instanceof FacecomError
        ? `${error.message}${error.found ? ` (${error.found})` : ''}`
        : error instanceof Error
          ? error.message
          : String(error);
    return new FacecomError('onednn', `The engine oneDNN refused ${what}.`, { found, cause: error });
  }

  dispose(): void {
    for (const program of this.programs) program.dispose();
    this.programs.length = 0;
    this.memory?.free();
    this.memory = undefined;
    this.variables.dispose();
    this.primitives.dispose();
    this.turns?.close();
  }
}
