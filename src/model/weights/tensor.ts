/** A tensor of a weights file, in torch's layout. */
export interface FileTensor {
  shape: number[];
  /** float32, whatever the file's type. */
  data: Float32Array;
}

export interface WeightsFile {
  tensors: Map<string, FileTensor>;
  /** Text beside the tensors, where the format has it. */
  metadata: Record<string, string>;
}

/** What values are stored as. */
export type StoredType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

export const sizes: Record<StoredType, number> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** `count` values from the little-endian bytes that begin at `start`, as float32. */
export function toFloat32(bytes: Uint8Array, type: StoredType, start: number, count: number): Float32Array {
  const length = count * sizes[type];
  const own = bytes.slice(start, start + length);
  if (own.length < length) throw new RangeError(`${length} bytes are expected and ${own.length} are there`);
  const { buffer } = own;
  switch (type) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return Float32Array.from(new Float64Array(buffer));
    case 'bfloat16':
      return fromBits(new Uint16Array(buffer), (bits) => bits << 16);
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer), halfValue);
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'int32':
      return Float32Array.from(new Int32Array(buffer));
    case 'int16':
      return Float32Array.from(new Int16Array(buffer));
    case 'int8':
      return Float32Array.from(new Int8Array(buffer));
    case 'uint8':
    case 'bool':
      return Float32Array.from(own);
  }
}

function fromBits(words: Uint16Array, widen: (bits: number) => number): Float32Array {
  return new Float32Array(Uint32Array.from(words, widen).buffer);
}

/** The value of an IEEE 754 half. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
