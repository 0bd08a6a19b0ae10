import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import { missingBytes } from '../../base/elf.ts';
import { FacecomError } from '../../base/errors.ts';
import { quietly } from './quietly.ts';

/** An opaque pointer owned by TensorFlow. */
export type Pointer = unknown;

/** One output of an operation in a TF_Graph. */
export interface Output {
  oper: Pointer;
  index: number;
}

/** TF_DataType: the values of tensorflow/core/framework/types.proto. */
export const DataType = {
  FLOAT: 1,
  INT32: 3,
  UINT8: 4,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  BFLOAT16: 14,
  RESOURCE: 20,
} as const;

/** Bytes of a value by its TF_DataType. */
export const valueBytes: Readonly<Record<number, number>> = {
  [DataType.FLOAT]: 4,
  [DataType.INT32]: 4,
  [DataType.UINT8]: 1,
  [DataType.INT64]: 8,
  [DataType.BOOL]: 1,
  [DataType.BFLOAT16]: 2,
};

/** TF_Code values that the program acts on. */
export const StatusCode = { OK: 0, INVALID_ARGUMENT: 3, NOT_FOUND: 5, RESOURCE_EXHAUSTED: 8 } as const;

function fileNames(): { framework: string; library: string } {
  const extension = process.platform === 'darwin' ? '2.dylib' : 'so.2';
  return { framework: `libtensorflow_framework.${extension}`, library: `libtensorflow_cc.${extension}` };
}

function declare(lib: ReturnType<typeof koffi.load>) {
  const f = (signature: string) => lib.func(signature);
  return {
    version: f('const char* TF_Version()'),
    newStatus: f('void* TF_NewStatus()'),
    deleteStatus: f('void TF_DeleteStatus(void*)'),
    getCode: f('int TF_GetCode(void*)'),
    message: f('const char* TF_Message(void*)'),

    allocateTensor: f('void* TF_AllocateTensor(int, int64_t*, int, size_t)'),
    deleteTensor: f('void TF_DeleteTensor(void*)'),
    tensorData: f('void* TF_TensorData(void*)'),
    tensorByteSize: f('size_t TF_TensorByteSize(void*)'),
    tensorType: f('int TF_TensorType(void*)'),
    numDims: f('int TF_NumDims(void*)'),
    dim: f('int64_t TF_Dim(void*, int)'),

    newGraph: f('void* TF_NewGraph()'),
    deleteGraph: f('void TF_DeleteGraph(void*)'),
    newOperation: f('void* TF_NewOperation(void*, const char*, const char*)'),
    setDevice: f('void TF_SetDevice(void*, const char*)'),
    addInput: f('void TF_AddInput(void*, FacecomOutput)'),
    addInputList: f('void TF_AddInputList(void*, FacecomOutput*, int)'),
    addControlInput: f('void TF_AddControlInput(void*, void*)'),
    finishOperation: f('void* TF_FinishOperation(void*, void*)'),
    operationNumOutputs: f('int TF_OperationNumOutputs(void*)'),
    outputType: f('int TF_OperationOutputType(FacecomOutput)'),
    graphTensorNumDims: f('int TF_GraphGetTensorNumDims(void*, FacecomOutput, void*)'),
    graphTensorShape: f('void TF_GraphGetTensorShape(void*, FacecomOutput, _Out_ int64_t*, int, void*)'),
    setAttrString: f('void TF_SetAttrString(void*, const char*, const char*, size_t)'),
    setAttrInt: f('void TF_SetAttrInt(void*, const char*, int64_t)'),
    setAttrIntList: f('void TF_SetAttrIntList(void*, const char*, int64_t*, int)'),
    setAttrFloat: f('void TF_SetAttrFloat(void*, const char*, float)'),
    setAttrFloatList: f('void TF_SetAttrFloatList(void*, const char*, float*, int)'),
    setAttrBool: f('void TF_SetAttrBool(void*, const char*, uint8_t)'),
    setAttrType: f('void TF_SetAttrType(void*, const char*, int)'),
    setAttrShape: f('void TF_SetAttrShape(void*, const char*, int64_t*, int)'),
    setAttrTensor: f('void TF_SetAttrTensor(void*, const char*, void*, void*)'),

    newSessionOptions: f('void* TF_NewSessionOptions()'),
    deleteSessionOptions: f('void TF_DeleteSessionOptions(void*)'),
    setConfig: f('void TF_SetConfig(void*, void*, size_t, void*)'),
    newSession: f('void* TF_NewSession(void*, void*, void*)'),
    closeSession: f('void TF_CloseSession(void*, void*)'),
    deleteSession: f('void TF_DeleteSession(void*, void*)'),
    sessionListDevices: f('void* TF_SessionListDevices(void*, void*)'),
    deviceListCount: f('int TF_DeviceListCount(void*)'),
    deviceListName: f('const char* TF_DeviceListName(void*, int, void*)'),
    deviceListType: f('const char* TF_DeviceListType(void*, int, void*)'),
    deleteDeviceList: f('void TF_DeleteDeviceList(void*)'),
    sessionRun: f(
      'void TF_SessionRun(void*, void*, FacecomOutput*, void**, int, FacecomOutput*, _Out_ void**, int, void**, int, void*, void*)',
    ),

    newBuffer: f('void* TF_NewBuffer()'),
    newBufferFromString: f('void* TF_NewBufferFromString(void*, size_t)'),
    getBuffer: f('FacecomBuffer TF_GetBuffer(void*)'),
    deleteBuffer: f('void TF_DeleteBuffer(void*)'),

    newContextOptions: f('void* TFE_NewContextOptions()'),
    contextOptionsSetConfig: f('void TFE_ContextOptionsSetConfig(void*, void*, size_t, void*)'),
    deleteContextOptions: f('void TFE_DeleteContextOptions(void*)'),
    newContext: f('void* TFE_NewContext(void*, void*)'),
    deleteContext: f('void TFE_DeleteContext(void*)'),
    newTensorHandle: f('void* TFE_NewTensorHandle(void*, void*)'),
    deleteTensorHandle: f('void TFE_DeleteTensorHandle(void*)'),
    tensorHandleDataType: f('int TFE_TensorHandleDataType(void*)'),
    tensorHandleNumDims: f('int TFE_TensorHandleNumDims(void*, void*)'),
    tensorHandleDim: f('int64_t TFE_TensorHandleDim(void*, int, void*)'),
    tensorHandleResolve: f('void* TFE_TensorHandleResolve(void*, void*)'),
    newOp: f('void* TFE_NewOp(void*, const char*, void*)'),
    deleteOp: f('void TFE_DeleteOp(void*)'),
    opSetDevice: f('void TFE_OpSetDevice(void*, const char*, void*)'),
    opAddInput: f('void TFE_OpAddInput(void*, void*, void*)'),
    opAddInputList: f('void TFE_OpAddInputList(void*, void**, int, void*)'),
    opSetAttrString: f('void TFE_OpSetAttrString(void*, const char*, const char*, size_t)'),
    opSetAttrInt: f('void TFE_OpSetAttrInt(void*, const char*, int64_t)'),
    opSetAttrIntList: f('void TFE_OpSetAttrIntList(void*, const char*, int64_t*, int)'),
    opSetAttrFloat: f('void TFE_OpSetAttrFloat(void*, const char*, float)'),
    opSetAttrFloatList: f('void TFE_OpSetAttrFloatList(void*, const char*, float*, int)'),
    opSetAttrBool: f('void TFE_OpSetAttrBool(void*, const char*, uint8_t)'),
    opSetAttrType: f('void TFE_OpSetAttrType(void*, const char*, int)'),
    opSetAttrShape: f('void TFE_OpSetAttrShape(void*, const char*, int64_t*, int, void*)'),
    execute: f('void TFE_Execute(void*, _Out_ void**, _Inout_ int*, void*)'),
  };
}

/** The C API of TensorFlow: tensorflow/c/c_api.h and tensorflow/c/eager/c_api.h, the part that is used. */
export type CApi = ReturnType<typeof declare>;

export interface NativeLibrary {
  api: CApi;
  version: string;
  /** The folder that holds the two libraries. */
  folder: string;
}

let loaded: NativeLibrary | undefined;

/**
 * Loads TensorFlow's two libraries from a wheel's `tensorflow` folder, once a process.
 * Throws FacecomError `tensorflow-missing` where a file is absent and `tensorflow-damaged` where it does not load.
 */
export function loadLibrary(folder: string): NativeLibrary {
  if (loaded) return loaded;
  const { framework, library } = fileNames();
  for (const name of [framework, library]) {
    if (!existsSync(join(folder, name))) {
      throw new FacecomError(
        'tensorflow-missing',
        `Native TensorFlow is not complete: ${name} is not in ${folder}.`,
        {
          remedy: 'Run `facecom setup --force` to install it again.',
          exitCode: 2,
        },
      );
    }
  }
  for (const name of [framework, library]) checkComplete(join(folder, name));
  // Read by the library: its notes about CPU features would be taken for the run's log.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    quietly(() => koffi.load(join(folder, framework), { global: true, lazy: true }));
    const lib = koffi.load(join(folder, library), { lazy: true });
    koffi.struct('FacecomOutput', { oper: 'void*', index: 'int' });
    koffi.struct('FacecomBuffer', { data: 'void*', length: 'size_t', deallocator: 'void*' });
    stayLoaded(join(folder, library));
    const api = declare(lib);
    loaded = { api, version: api.version() as string, folder };
    return loaded;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(message)?.[1];
    throw new FacecomError(
      'tensorflow-damaged',
      `Native TensorFlow in ${dirname(join(folder, library))} does not load.`,
      {
        found: message,
        expected: 'the libraries of a tensorflow 2.21 wheel for this platform',
        remedy: missing
          ? `The library ${missing} is missing on this machine: install it, or run \`facecom setup --force\`.`
          : 'Run `facecom setup --force` to install it again.',
        exitCode: 2,
        cause: error,
      },
    );
  }
}

/** RTLD_NOW | RTLD_NODELETE of Linux. */
const NO_DELETE = 0x1002;

/** koffi closes what it loaded as the process ends, and TensorFlow's threads then run code that is gone: it is never closed. */
function stayLoaded(file: string): void {
  if (process.platform !== 'linux') return;
  koffi.load(null).func('void* dlopen(const char*, int)')(file, NO_DELETE);
}

/** Throws if a library lacks its end: loading it may end the process with a bus error in place of a message. */
function checkComplete(file: string): void {
  const missing = missingBytes(file);
  if (missing === 0) return;
  throw new FacecomError('tensorflow-damaged', `${file} is damaged.`, {
    found: missing === undefined ? 'no shared library' : `${missing} bytes are missing at its end`,
    expected: 'the libraries of a tensorflow 2.21 wheel for this platform',
    remedy: 'Run `facecom setup --force` to install it again.',
    exitCode: 2,
  });
}

/** A TF_Status that is read after each call. One owner: whoever makes it disposes it. */
export class Status {
  readonly pointer: Pointer;
  private readonly api: CApi;

  constructor(api: CApi) {
    this.api = api;
    this.pointer = api.newStatus();
  }

  /** Throws when the last call failed; `what` names the op, its attributes and shapes. */
  check(what: () => string): void {
    const code = this.api.getCode(this.pointer) as number;
    if (code === StatusCode.OK) return;
    throw nativeError(code, this.api.message(this.pointer) as string, what());
  }

  dispose(): void {
    this.api.deleteStatus(this.pointer);
  }
}

export const OOM_REMEDY =
  'Use a smaller train.batch_size, or a larger train.accumulation for the same effective batch.';

/** Turns a status into an error: `oom` where memory ran out, `tensorflow` otherwise. */
export function nativeError(code: number, message: string, what: string): FacecomError {
  if (code === StatusCode.RESOURCE_EXHAUSTED || /out of memory|OOM when allocating/i.test(message)) {
    return new FacecomError('oom', `Out of memory: ${what}.`, {
      found: message,
      remedy: OOM_REMEDY,
    });
  }
  return new FacecomError('tensorflow', `TensorFlow refused ${what}.`, { found: message });
}
