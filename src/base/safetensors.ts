import { isRecord } from './objects.ts';

/** What the header of a safetensors file (https://github.com/huggingface/safetensors#format) says of one tensor. */
export interface TensorEntry {
  dtype: string;
  shape: number[];
  /** Bytes, from the end of the header. */
  data_offsets: [begin: number, end: number];
}

export interface TensorHeader {
  metadata: Record<string, string>;
  entries: Map<string, TensorEntry>;
}

/** Bytes of a value of each type. */
const sizes: Record<string, number> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, F8_E5M2: 1, F8_E4M3: 1 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
};

/** Longer ones are not read, as by the format's own library. */
export const maximumHeader = 100 * 1024 * 1024;

/**
 * The header of a file in which so many bytes follow it. As the format has it, the tensors fill these bytes one after another: a few bytes that
 * many entries name would else become as many tensors. Throws RangeError that says what is wrong.
 */
export function parseTensorHeader(text: string, bytes: number): TensorHeader {
  const header = parsed(text);
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw new RangeError('its metadata are not a map of texts');
  const entries = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(rest)) {
    if (!isEntry(entry)) throw new RangeError(`its header's entry for ${name} is wrong`);
    entries.set(name, entry);
  }
  const inOrder = [...entries].sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  let end = 0;
  for (const [name, { data_offsets: offsets }] of inOrder) {
    if (offsets[0] !== end)
      throw new RangeError(
        `${name} ${offsets[0] < end ? 'overlaps the tensor' : 'leaves a hole after what is'} before it`,
      );
    end = offsets[1];
  }
  if (end !== bytes)
    throw new RangeError(
      `its tensors end ${Math.abs(bytes - end)} bytes ${end < bytes ? 'before' : 'behind'} the end of the file`,
    );
  return { metadata: metadata as Record<string, string>, entries };
}

function parsed(text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new RangeError('its header is not JSON');
  }
  if (!isRecord(header)) throw new RangeError('its header is not a JSON object');
  return header;
}

const isCount = (item: unknown): item is number => Number.isSafeInteger(item) && (item as number) >= 0;

function isEntry(value: unknown): value is TensorEntry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(sizes, dtype)) return false;
  if (!Array.isArray(shape) || !shape.every(isCount)) return false;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) return false;
  const [begin, end] = offsets as [number, number];
  return end - begin === shape.reduce((product, side) => product * side, sizes[dtype]!);
}
