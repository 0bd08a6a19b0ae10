import type { Trace } from '../graph/ir.ts';
import { toOnnx } from './onnx.ts';
import { toSavedModel } from './saved-model.ts';

export interface ExportedOptions {
  /** Values of the variables, by name. */
  values: ReadonlyMap<string, Float32Array>;
  /** Text beside the graph, where the format has a place for it. */
  metadata: Readonly<Record<string, string>>;
}

/** Every format that a traced step is written in: one line each. */
export const graphFormats = { onnx: toOnnx, savedmodel: toSavedModel } satisfies Record<
  string,
  (trace: Trace, options: ExportedOptions) => Uint8Array
>;

export type GraphFormat = keyof typeof graphFormats;
