import { FacecomError } from '../../base/errors.ts';
import { damaged } from './errors.ts';
import { type Known, type PickleOptions, RefusedGlobal, unpickle } from './pickle.ts';
import { type FileTensor, type StoredType, sizes, toFloat32, type WeightsFile } from './tensor.ts';

/** What torch.save writes a storage's type as. */
const storages: Record<string, StoredType> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/** The bytes of a storage, found once the file is read. */
interface Storage {
  type: StoredType;
  bytes: () => Uint8Array;
}

/** A tensor as the pickle describes it. */
class Described {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];
  constructor(storage: Storage, offset: number, shape: number[], strides: number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const rebuild: Known = (storage, offset, shape, strides) =>
  new Described(storage as Storage, Number(offset), shape as number[], strides as number[]);

/** Everything that a state dict and the usual things beside it are made of. Nothing here acts. */
const globals = new Map<string, Known>([
  ['collections.OrderedDict', () => new Map()],
  ['torch._utils._rebuild_tensor_v2', rebuild],
  ['torch._utils._rebuild_tensor', rebuild],
  ['torch._utils._rebuild_parameter', (tensor) => tensor],
  ['torch.Size', (sizes) => sizes],
  ['torch.device', (...args) => args.join(':')],
  ['torch.serialization._get_layout', (name) => name],
  ['argparse.Namespace', () => new Map()],
  ['builtins.set', (values) => new Set(values as unknown[])],
  ['__builtin__.set', (values) => new Set(values as unknown[])],
  ['_codecs.encode', (text) => text],
  ['numpy.core.multiarray.scalar', () => null],
  ['numpy._core.multiarray.scalar', () => null],
  ['numpy.dtype', () => null],
  ...Object.entries(storages).map(([name, type]): [string, Known] => [`torch.${name}`, () => type]),
]);

/** The type that a persistent id names: `torch.FloatStorage`, which is a function here. */
const typeOf = (known: unknown): StoredType => {
  const type = typeof known === 'function' ? (known as Known)() : undefined;
  if (typeof type !== 'string' || !(type in sizes)) throw new Error('a storage of a type that is not known');
  return type as StoredType;
};

/** Whether bytes begin as a zip archive (torch from 1.6 on) or a pickle (before) does. */
export const isTorch = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x50 && bytes[1] === 0x4b) || bytes[0] === 0x80;

/** The state dict of a .pth or .pt file: tensors by name, also from within a checkpoint that holds more. Executes nothing. */
export async function parseTorch(file: string, bytes: Uint8Array): Promise<WeightsFile> {
  let value: unknown;
  try {
    value = bytes[0] === 0x50 ? await zipped(bytes) : legacy(bytes);
  } catch (error) {
    if (error instanceof RefusedGlobal)
      throw new FacecomError('weights-pickle', `The weights ${file} would run code, and are not read.`, {
        place: { file },
        found: error.global,
        expected: 'tensors, numbers and containers alone',
        remedy:
          'Where you trust its source, save the state dict alone: torch.save(model.state_dict(), "weights.pth"), or as safetensors.',
        exitCode: 2,
      });
    throw damaged(file, (error as Error).message, error);
  }
  const tensors = new Map<string, FileTensor>();
  try {
    collect(value, '', tensors);
  } catch (error) {
    throw damaged(file, (error as Error).message, error);
  }
  if (tensors.size === 0) throw damaged(file, 'it holds no tensors');
  return { tensors, metadata: {} };
}

async function zipped(bytes: Uint8Array): Promise<unknown> {
  const { unzipSync } = await import('fflate');
  const entries = unzipSync(bytes);
  const name = Object.keys(entries).find((path) => /(^|\/)data\.pkl$/.test(path));
  if (name === undefined) throw new Error('the archive holds no data.pkl (a TorchScript file is not read)');
  const folder = name.slice(0, -'data.pkl'.length);
  const persistent: PickleOptions['persistent'] = (id) => {
    const [kind, type, key] = id as [string, unknown, string];
    if (kind !== 'storage') throw new Error(`a persistent ${kind}`);
    const found = entries[`${folder}data/${key}`];
    if (!found) throw new Error(`the archive lacks data/${key}`);
    return { type: typeOf(type), bytes: () => found } satisfies Storage;
  };
  return unpickle(entries[name]!, { globals, persistent }).value;
}

/** Before torch 1.6: pickles of a magic number, a version, the system, the object and the storages' keys; then the storages. */
function legacy(bytes: Uint8Array): unknown {
  const found = new Map<string, Uint8Array>();
  const declared = new Map<string, StoredType>();
  const persistent: PickleOptions['persistent'] = (id) => {
    const [kind, type, key] = id as [string, unknown, string];
    if (kind !== 'storage') throw new Error(`a persistent ${kind}`);
    declared.set(key, typeOf(type));
    return {
      type: typeOf(type),
      bytes: () => {
        const own = found.get(key);
        if (!own) throw new Error(`it lacks the storage ${key}`);
        return own;
      },
    } satisfies Storage;
  };
  let at = 0;
  const next = () => {
    const { value, end } = unpickle(bytes, { globals, persistent }, at);
    at = end;
    return value;
  };
  next();
  next();
  next();
  const value = next();
  const keys = next() as string[];
  if (!Array.isArray(keys)) throw new Error('it is a pickle, but not one of torch.save');
  for (const key of keys) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (at + 8 > bytes.length) throw new Error('it ends too early');
    const count = Number(view.getBigInt64(at, true));
    const length = count * sizes[declared.get(key) ?? 'float32'];
    if (at + 8 + length > bytes.length) throw new Error('it ends too early');
    found.set(key, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return value;
}

/** Tensors within maps, named by their path; lists (an optimizer's) are passed over. */
function collect(value: unknown, path: string, into: Map<string, FileTensor>): void {
  if (value instanceof Described) {
    into.set(path, materialised(value));
    return;
  }
  if (!(value instanceof Map)) return;
  for (const [key, child] of value)
    if (typeof key === 'string') collect(child, path === '' ? key : `${path}.${key}`, into);
}

function materialised({ storage, offset, shape, strides }: Described): FileTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const bytes = storage.bytes();
  const size = sizes[storage.type];
  const contiguous = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  if (shape.every((n, axis) => n === 1 || strides[axis] === contiguous[axis]))
    return { shape: [...shape], data: toFloat32(bytes, storage.type, offset * size, count) };
  const all = toFloat32(bytes, storage.type, 0, bytes.length / size);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let place = offset;
    for (const [axis, stride] of strides.entries())
      place += (Math.floor(i / contiguous[axis]!) % shape[axis]!) * stride;
    if (place >= all.length) throw new Error('a tensor reaches past its storage');
    data[i] = all[place]!;
  }
  return { shape: [...shape], data };
}
