import { damaged } from './errors.ts';
import { type FileTensor, type StoredType, toFloat32, type WeightsFile } from './tensor.ts';

const types: Record<string, StoredType> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};

const maximumHeader = 100 * 1024 * 1024;

/** Whether bytes begin as a safetensors file does: the length of a header, and that header's brace. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > 9 && headerLength(bytes) <= maximumHeader && bytes[8] === 0x7b;
}

const headerLength = (bytes: Uint8Array): number =>
  Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));

/** Every tensor of a safetensors file of any of its types (https://github.com/huggingface/safetensors#format). */
export function parseSafetensors(file: string, bytes: Uint8Array): WeightsFile {
  const length = headerLength(bytes);
  if (8 + length > bytes.length)
    throw damaged(file, `its header says ${length} bytes and the file has ${bytes.length}`);
  let header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8'));
  } catch (error) {
    throw damaged(file, 'its header is not JSON', error);
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, FileTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    const type = types[entry?.dtype];
    const { shape, data_offsets: offsets } = entry ?? {};
    if (!type || !Array.isArray(shape) || !Array.isArray(offsets))
      throw damaged(file, `its header's entry for ${name} is wrong`);
    const count = shape.reduce((a, b) => a * b, 1);
    try {
      tensors.set(name, { shape, data: toFloat32(bytes, type, 8 + length + offsets[0], count) });
    } catch (error) {
      throw damaged(file, `it ends within ${name}`, error);
    }
  }
  return { tensors, metadata: metadata as unknown as Record<string, string> };
}
