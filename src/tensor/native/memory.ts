import koffi from 'koffi';
import { FacecomError } from '../../base/errors.ts';
import { type CApi, DataType, OOM_REMEDY, type Pointer, valueBytes } from './library.ts';

export type Values = Float32Array | Int32Array | Uint8Array | Int8Array | Uint16Array | BigInt64Array;

/** Makes a TF_Tensor with a copy of the values; the caller owns it. `values` may be any list of numbers. */
export function newTensor(
  api: CApi,
  shape: readonly number[],
  dtype: number,
  values: ArrayLike<number | bigint | boolean>,
): Pointer {
  const bytes = toBytes(dtype, values);
  const expected = shape.reduce((a, b) => a * b, 1) * (valueBytes[dtype] ?? 1);
  if (bytes.byteLength !== expected) {
    throw new RangeError(
      `A tensor of shape [${shape}] takes ${expected} bytes; the values have ${bytes.byteLength}.`,
    );
  }
  const tensor = api.allocateTensor(
    dtype,
    BigInt64Array.from(shape, BigInt),
    shape.length,
    bytes.byteLength,
  ) as Pointer;
  if (!tensor) {
    throw new FacecomError('oom', `Out of memory: a tensor of shape [${shape}].`, {
      found: `${bytes.byteLength} bytes could not be allocated`,
      remedy: OOM_REMEDY,
    });
  }
  if (bytes.byteLength > 0) {
    new Uint8Array(koffi.view(api.tensorData(tensor), bytes.byteLength)).set(bytes);
  }
  return tensor;
}

function toBytes(dtype: number, values: ArrayLike<number | bigint | boolean>): Uint8Array {
  const typed = toTyped(dtype, values);
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

function toTyped(dtype: number, values: ArrayLike<number | bigint | boolean>): Values {
  switch (dtype) {
    case DataType.FLOAT:
      return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
    case DataType.INT32:
      return values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>);
    case DataType.INT64:
      return values instanceof BigInt64Array
        ? values
        : BigInt64Array.from(Array.from(values, (v) => BigInt(v)));
    case DataType.BFLOAT16:
      return values instanceof Uint16Array
        ? values
        : Uint16Array.from(values as ArrayLike<number>, toBfloat16);
    default:
      if (values instanceof Uint8Array) return values;
      if (values instanceof Int8Array) return new Uint8Array(values.buffer, values.byteOffset, values.length);
      return Uint8Array.from(values as ArrayLike<number>);
  }
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The upper 16 bits of a float32, rounded to nearest even. */
function toBfloat16(value: number): number {
  float[0] = value;
  const bits = word[0]!;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Copies a TF_Tensor's values out: float32 for FLOAT and BFLOAT16, int32 for INT32 and INT64, else bytes. */
export function readTensor(api: CApi, tensor: Pointer): Float32Array | Int32Array | Uint8Array {
  const bytes = Number(api.tensorByteSize(tensor));
  const dtype = api.tensorType(tensor) as number;
  const buffer = bytes === 0 ? new ArrayBuffer(0) : koffi.view(api.tensorData(tensor), bytes).slice(0);
  switch (dtype) {
    case DataType.FLOAT:
      return new Float32Array(buffer);
    case DataType.INT32:
      return new Int32Array(buffer);
    case DataType.INT64:
      return Int32Array.from(new BigInt64Array(buffer), Number);
    case DataType.BFLOAT16: {
      const halves = new Uint16Array(buffer);
      return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
    }
    default:
      return new Uint8Array(buffer);
  }
}
