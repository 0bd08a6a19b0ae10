import type { FacecomError } from '../../base/errors.ts';
import type { Tracer } from '../graph/tracing.ts';
import type { Instruction } from './emitter.ts';
import type { OneDnn } from './library.ts';
import type { Region } from './memory.ts';
import type { Primitives } from './primitives.ts';
import type { Turns } from './turns.ts';
import type { VariableStore } from './variables.ts';

/** Told of each instruction as it has run. */
export type OnInstruction = (instruction: Instruction, microseconds: number) => void;

/** What programs need of the runtime that they belong to. */
export interface OneDnnHost {
  readonly library: OneDnn;
  readonly tracer: Tracer;
  readonly primitives: Primitives;
  readonly variables: VariableStore;
  readonly precision: 'float32' | 'bfloat16';
  readonly seed: number;
  /** Activations that are cheap to compute again are not kept for the backward pass. */
  readonly lean: boolean;
  /** Of the library, while it works for this runtime. */
  readonly threads: number;
  /** Where its steps take turns with those of other processes. */
  readonly turns: Turns | undefined;
  onInstruction: OnInstruction | undefined;
  /** Runs what uses the arena or the variables when all that was asked for before has ended. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
  /** Variables will change. */
  changing(): void;
  /** The arena, of at least so many bytes: all programs use one, since they run in turn. */
  arena(bytes: number, what: string): Region;
  /** The library's threads are set for the process: each runtime sets its own before it uses them. */
  useThreads(): void;
  /** An error of the library, with what was asked of it. */
  refused(error: unknown, what: string): FacecomError;
}
