/** What a session or an eager context is told: the part of TensorFlow's ConfigProto that is used. */
export interface NativeConfig {
  /** Threads within an op; 0: the library's choice. */
  intraOpThreads: number;
  /** Ops at once; 0: the library's choice. */
  interOpThreads: number;
  /** Index of the GPU among the visible ones, or undefined for the CPU only. */
  gpu?: number;
}

/** Serializes a ConfigProto (tensorflow/core/protobuf/config.proto, rewriter_config.proto; field numbers as there). */
export function configProto(config: NativeConfig): Uint8Array {
  // meta_optimizer_iterations ONE: a second pass over a traced step finds nothing, and takes half a second.
  const graphOptions = message(10, varint(12, 1));
  const bytes = [
    ...varint(2, config.intraOpThreads),
    ...varint(5, config.interOpThreads),
    ...varint(7, 1), // allow_soft_placement: an op without a GPU kernel runs on the CPU
    ...message(10, graphOptions),
  ];
  if (config.gpu === undefined) {
    bytes.push(...message(1, [...message(1, text('GPU')), ...varint(2, 0)])); // device_count {GPU: 0}
  } else {
    bytes.push(...message(6, [...varint(4, 1), ...message(5, text(String(config.gpu)))])); // gpu_options {allow_growth, visible_device_list}
  }
  return Uint8Array.from(bytes);
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)];

function integer(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

const varint = (field: number, value: number): number[] => [...integer(field * 8), ...integer(value)];
const message = (field: number, content: number[]): number[] => [
  ...integer(field * 8 + 2),
  ...integer(content.length),
  ...content,
];
