import { joined, message, text, varint } from '../../base/protobuf.ts';

/** What a session or an eager context is told: the part of TensorFlow's ConfigProto that is used. */
export interface NativeConfig {
  /** Threads within an op; 0: the library's choice. */
  intraOpThreads: number;
  /** Ops at once; 0: the library's choice. */
  interOpThreads: number;
  /** Index of the GPU among the visible ones, or undefined for the CPU only. */
  gpu?: number;
  /** Devices that ops are placed on by number: so many CPUs, or GPUs from `gpu` on. */
  replicas?: number;
}

/** Serializes a ConfigProto (tensorflow/core/protobuf/config.proto, rewriter_config.proto; field numbers as there). */
export function configProto(config: NativeConfig): Uint8Array {
  const { replicas = 1 } = config;
  // meta_optimizer_iterations ONE: a second pass over a traced step finds nothing, and takes half a second.
  const graphOptions = message(10, message(10, varint(12, 1)));
  const fields = [
    varint(2, config.intraOpThreads),
    varint(5, config.interOpThreads),
    varint(7, 1), // allow_soft_placement: an op without a GPU kernel runs on the CPU
    graphOptions,
  ];
  if (config.gpu === undefined) {
    fields.push(message(1, text(1, 'GPU'), varint(2, 0))); // device_count {GPU: 0}
    if (replicas > 1) fields.push(message(1, text(1, 'CPU'), varint(2, replicas)));
  } else {
    const { gpu } = config;
    const gpus = Array.from({ length: replicas }, (_, k) => gpu + k).join();
    fields.push(message(6, varint(4, 1), text(5, gpus))); // gpu_options {allow_growth, visible_device_list}
  }
  return joined(fields);
}
