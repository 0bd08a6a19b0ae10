import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { FacecomError } from '../../base/errors.ts';
import { INTEL_LIBRARIES, ONEDNN_ABI, oneDnnDamaged, oneDnnFile } from '../../install/index.ts';
import { setWaiting } from './waiting.ts';

/** An address within the library or in memory; 0 for none. */
export type Pointer = bigint;

/** dnnl_data_type_t. */
export const Type = { bf16: 2, f32: 3, s32: 4, s8: 5, u8: 6 } as const;

/** dnnl_alg_kind_t, the part that is used. */
export const Algorithm = {
  convolution: 0x1,
  relu: 0x20,
  tanh: 0x21,
  elu: 0x22,
  square: 0x23,
  abs: 0x24,
  sqrt: 0x25,
  linear: 0x26,
  softRelu: 0x27,
  logistic: 0x29,
  exp: 0x2a,
  geluTanh: 0x2b,
  swish: 0x2c,
  log: 0x2d,
  clip: 0x2f,
  pow: 0x30,
  geluErf: 0x31,
  hardswish: 0x34,
  reluFromResult: 0x100,
  poolingMax: 0x1ff,
  poolingAverage: 0x3ff,
  add: 0x1fff0,
  mul: 0x1fff1,
  max: 0x1fff2,
  min: 0x1fff3,
  div: 0x1fff4,
  sub: 0x1fff5,
  ge: 0x1fff6,
  gt: 0x1fff7,
  le: 0x1fff8,
  lt: 0x1fff9,
  eq: 0x1fffa,
  ne: 0x1fffb,
  reduceMax: 0x2fff2,
  reduceMin: 0x2fff3,
  reduceSum: 0x2fff4,
  reduceMean: 0x2fff6,
  softmax: 0x30000,
  logSoftmax: 0x30001,
} as const;

/** dnnl_prop_kind_t. */
export const Propagation = { training: 64, inference: 96, backward: 128, backwardData: 160 } as const;

/** dnnl_normalization_flags_t. */
export const Normalization = { globalStatistics: 1, scale: 2, shift: 4, relu: 8 } as const;

/** DNNL_ARG_*: which argument of a primitive a memory is. */
export const Argument = {
  src: 1,
  src1: 2,
  dst: 17,
  weights: 33,
  bias: 41,
  mean: 49,
  variance: 50,
  scale: 51,
  shift: 52,
  workspace: 64,
  scratchpad: 80,
  diffSrc: 129,
  diffDst: 145,
  diffWeights: 161,
  diffBias: 169,
  diffScale: 255,
  diffShift: 256,
  multipleSrc: 1024,
  /** Of the post-op at `index`: (index + 1) * 32768 | src1. */
  postOp: (index: number) => ((index + 1) * 32768) | 2,
} as const;

/** dnnl_query_t, of memory descriptors. */
export const Query = {
  src: 129,
  diffSrc: 130,
  weights: 131,
  diffWeights: 132,
  dst: 133,
  diffDst: 134,
  workspace: 135,
  scratchpad: 136,
} as const;

/** dnnl_query_impl_info_str. */
const IMPLEMENTATION = 8;

/** dnnl_status_t. */
export const Status = { success: 0, outOfMemory: 1, invalidArguments: 2, unimplemented: 3 } as const;

/** The part of the C API (oneapi/dnnl/dnnl.h, of that ABI) that is used. */
function declare(lib: ReturnType<typeof koffi.load>) {
  const f = (name: string, result: string, ...arguments_: string[]) =>
    lib.func(`dnnl_${name}`, result, arguments_);
  const [p, i, n, x] = ['void*', 'int', 'size_t', 'float'];
  const desc = (name: string, ...arguments_: string[]) =>
    f(`${name}_primitive_desc_create`, i, p, p, ...arguments_);
  return {
    version: f('version', p),
    effectiveIsa: f('get_effective_cpu_isa', i),
    isaName: f('cpu_isa2str', 'const char*', i),
    statusName: f('status2str', 'const char*', i),
    setCacheCapacity: f('set_primitive_cache_capacity', i, i),
    engineCreate: f('engine_create', i, p, i, n),
    streamCreate: f('stream_create', i, p, p, 'uint'),
    streamWait: f('stream_wait', i, p),
    memoryDesc: f('memory_desc_create_with_strides', i, p, i, p, i, p),
    memoryDescTag: f('memory_desc_create_with_tag', i, p, i, p, i, i),
    memoryDescClone: f('memory_desc_clone', i, p, p),
    memoryDescDestroy: f('memory_desc_destroy', i, p),
    memoryDescSize: f('memory_desc_get_size', n, p),
    memoryDescEqual: f('memory_desc_equal', i, p, p),
    memoryCreate: f('memory_create', i, p, p, p, p),
    memoryDestroy: f('memory_destroy', i, p),
    memorySetHandle: f('memory_set_data_handle', i, p, p),
    attrCreate: f('primitive_attr_create', i, p),
    attrDestroy: f('primitive_attr_destroy', i, p),
    attrScratchpad: f('primitive_attr_set_scratchpad_mode', i, p, i),
    attrPostOps: f('primitive_attr_set_post_ops', i, p, p),
    postOpsCreate: f('post_ops_create', i, p),
    postOpsDestroy: f('post_ops_destroy', i, p),
    postOpsEltwise: f('post_ops_append_eltwise', i, p, i, x, x),
    postOpsSum: f('post_ops_append_sum', i, p, x, i, i),
    postOpsBinary: f('post_ops_append_binary', i, p, i, p),
    convolution: desc('convolution_forward', i, i, p, p, p, p, p, p, p, p, p),
    convolutionData: desc('convolution_backward_data', i, p, p, p, p, p, p, p, p, p),
    convolutionWeights: desc('convolution_backward_weights', i, p, p, p, p, p, p, p, p, p, p),
    batchNorm: desc('batch_normalization_forward', i, p, p, x, 'uint', p),
    batchNormBackward: desc('batch_normalization_backward', i, p, p, p, x, 'uint', p, p),
    layerNorm: desc('layer_normalization_forward', i, p, p, p, x, 'uint', p),
    layerNormBackward: desc('layer_normalization_backward', i, p, p, p, p, x, 'uint', p, p),
    eltwise: desc('eltwise_forward', i, i, p, p, x, x, p),
    eltwiseBackward: desc('eltwise_backward', i, p, p, p, x, x, p, p),
    binary: desc('binary', i, p, p, p, p),
    matmul: desc('matmul', p, p, p, p, p),
    reduction: desc('reduction', i, p, p, x, x, p),
    softmax: desc('softmax_forward', i, i, p, p, i, p),
    softmaxBackward: desc('softmax_backward', i, p, p, p, i, p, p),
    pooling: desc('pooling_forward', i, i, p, p, p, p, p, p, p, p),
    poolingBackward: desc('pooling_backward', i, p, p, p, p, p, p, p, p, p),
    reorder: f('reorder_primitive_desc_create', i, p, p, p, p, p, p),
    sum: desc('sum', p, i, p, p, p),
    queryMemoryDesc: f('primitive_desc_query_md', p, p, i, i),
    query: f('primitive_desc_query', i, p, i, i, p),
    primitiveDescDestroy: f('primitive_desc_destroy', i, p),
    primitiveCreate: f('primitive_create', i, p, p),
    primitiveDestroy: f('primitive_destroy', i, p),
    execute: f('primitive_execute', i, p, p, i, p),
  };
}

export type Api = ReturnType<typeof declare>;

export interface OneDnn {
  api: Api;
  /** Such as `3.2.0`. */
  version: string;
  /** The widest instructions that it uses, such as `avx512_core_amx`. */
  isa: string;
  /** Whether these multiply bfloat16. */
  bfloat16: boolean;
  file: string;
  /** That the process could use as the library was loaded. */
  cores: number;
  engine: Pointer;
  stream: Pointer;
  /** Threads that primitives made and executed from now on use. */
  setThreads(count: number): void;
  /** The name of a primitive's implementation, such as `brgconv:avx512_core_amx`. */
  implementation(desc: Pointer): string;
}

/** dnnl_cpu_isa_avx2: bits that every wider instruction set has too. */
const AVX2 = 0x7;

/** dnnl_cpu_isa_avx512_core_bf16, of which AMX is an extension. */
const BFLOAT16 = 0xe7;

let loaded: OneDnn | undefined;

/** The library that this process has loaded, if any. */
export const loadedOneDnn = (): OneDnn | undefined => loaded;

/**
 * Loads oneDNN from a folder, once a process. `threads`: how many it will have at most; 0: one a core.
 * Throws FacecomError `onednn-missing` where the file is absent, `onednn-damaged` where it does not load or has another ABI, and
 * `onednn-cpu` where the processor lacks AVX2.
 */
export function loadOneDnn(folder: string, threads = 0): OneDnn {
  if (loaded) return loaded;
  const file = oneDnnFile(folder);
  const cores = availableParallelism();
  setWaiting(threads || cores);
  let lib: ReturnType<typeof koffi.load>;
  let api: Api;
  try {
    for (const name of INTEL_LIBRARIES) {
      const needed = join(folder, name);
      if (existsSync(needed)) koffi.load(needed, { global: true, lazy: true });
    }
    lib = koffi.load(file, { lazy: true });
    api = declare(lib);
    const [major, minor, patch] = koffi.decode(api.version(), 'int', 3) as number[];
    if (major !== ONEDNN_ABI) throw oneDnnDamaged(file, `oneDNN ${major}.${minor}.${patch}`);
    stayLoaded(file);
    const isa = api.effectiveIsa() as number;
    if ((isa & AVX2) !== AVX2) throw withoutAvx2(api.isaName(isa) as string);
    const engine = made((out) => api.engineCreate(out, 1, 0), api, 'a CPU engine');
    const stream = made((out) => api.streamCreate(out, engine, 1), api, 'a stream');
    api.setCacheCapacity(0);
    loaded = {
      api,
      version: `${major}.${minor}.${patch}`,
      isa: (api.isaName(isa) as string).replace(/^cpu_isa_/, ''),
      bfloat16: (isa & BFLOAT16) === BFLOAT16,
      file,
      cores,
      engine,
      stream,
      setThreads: threadSetter(),
      implementation: (desc) => {
        const out = new BigUint64Array(1);
        api.query(desc, IMPLEMENTATION, 0, out);
        return out[0] ? (koffi.decode.string(out[0]) as string) : '';
      },
    };
    return loaded;
  } catch (error) {
    if (error instanceof FacecomError) throw error;
    throw oneDnnDamaged(file, error instanceof Error ? error.message : String(error), error);
  }
}

/** The pointer that a function of the library gives through its first argument. */
export function made(create: (out: BigUint64Array) => unknown, api: Api, what: string): Pointer {
  const out = new BigUint64Array(1);
  const status = create(out) as number;
  if (status !== Status.success) throw refused(api, status, what);
  return out[0]!;
}

export function check(api: Api, status: number, what: () => string): void {
  if (status !== Status.success) throw refused(api, status, what());
}

export const OOM_REMEDY =
  'Use a smaller train.batch_size, or a larger train.accumulation for the same effective batch.';

function refused(api: Api, status: number, what: string): FacecomError {
  const found = api.statusName(status) as string;
  if (status === Status.outOfMemory)
    return new FacecomError('oom', `Out of memory: ${what}.`, { found, remedy: OOM_REMEDY });
  return new FacecomError('onednn', `oneDNN refused ${what}.`, { found });
}

function withoutAvx2(found: string): FacecomError {
  return new FacecomError('onednn-cpu', 'This processor is too old for the engine oneDNN.', {
    found,
    expected: 'AVX2 or wider',
    remedy: 'Set resources.backend to tensorflow or auto.',
    exitCode: 2,
  });
}

/** RTLD_NOW | RTLD_NODELETE of Linux. */
const NO_DELETE = 0x1002;

/** koffi closes what it loaded as the process ends; the library's threads would then run code that is gone. */
function stayLoaded(file: string): void {
  koffi.load(null).func('void* dlopen(const char*, int)')(file, NO_DELETE);
}

/** Of the OpenMP library that oneDNN has loaded: GCC's, or Intel's. */
function threadSetter(): (count: number) => void {
  const maps = readFileSync('/proc/self/maps', 'utf8');
  const file = /\S+\/lib(?:iomp5|gomp|omp)[^/\s]*\.so\S*/.exec(maps)?.[0];
  if (!file) return () => {};
  const set = koffi.load(file).func('void omp_set_num_threads(int)');
  return (count) => set(count);
}
