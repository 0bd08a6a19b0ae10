import { maximumHeader, parseTensorHeader, type TensorHeader } from '../../base/safetensors.ts';
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
  const start = 8 + length;
  let header: TensorHeader;
  try {
    const text = Buffer.from(bytes.subarray(8, start)).toString('utf8');
    header = parseTensorHeader(text, bytes.length - start);
  } catch (error) {
    throw damaged(file, (error as Error).message, error);
  }
  const tensors = new Map<string, FileTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of header.entries) {
    const type = types[dtype];
    if (!type) throw damaged(file, `${name} is of the type ${dtype}, which is not read`);
    const count = shape.reduce((a, b) => a * b, 1);
    tensors.set(name, { shape, data: toFloat32(bytes, type, start + offsets[0], count) });
  }
  return { tensors, metadata: header.metadata };
}
