import { createHash, webcrypto } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { FacecomError } from '../../base/errors.ts';
import { writeAsideAsync } from '../../base/files.ts';
import { maximumHeader, parseTensorHeader, type TensorHeader } from '../../base/safetensors.ts';
import type { StateTensor } from '../../model/index.ts';

/**
 * The safetensors format (https://github.com/huggingface/safetensors#format): eight bytes with the header's length, the
 * header as JSON, then the tensors' raw little-endian bytes. Nothing in such a file is executed.
 */

export interface Header extends TensorHeader {
  /** Where the tensors' bytes begin in the file. */
  dataStart: number;
}

const digestKey = 'digest';

/** Writes tensors and metadata aside, flushes them to the disk and renames: a reader sees the old file or the new one, whole. */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StateTensor>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const header: Record<string, unknown> = {
    __metadata__: { ...metadata, [digestKey]: await digest(tensors) },
  };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = {
      dtype: dtype === 'float32' ? 'F32' : 'I32',
      shape,
      data_offsets: [offset, offset + data.byteLength],
    };
    offset += data.byteLength;
  }
  let text = Buffer.from(JSON.stringify(header), 'utf8');
  // Spaces up to a multiple of eight, so that the tensors are aligned for readers that map the file.
  text = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await writeAsideAsync(path, async (file) => {
    await writeAll(file, length);
    await writeAll(file, text);
    for (const { data } of tensors.values()) await writeAll(file, bytesOf(data));
  });
}

/** Reads the metadata and the tensors' places, without the tensors. Throws `checkpoint-damaged` where the file is not whole. */
export async function readHeader(path: string): Promise<Header> {
  const file = await open(path, 'r');
  try {
    return await headerOf(file, path);
  } finally {
    await file.close();
  }
}

/** Reads a whole file and checks it against its digest. Throws `checkpoint-damaged` where they differ. */
export async function readSafetensors(
  path: string,
): Promise<{ metadata: Record<string, string>; tensors: Map<string, StateTensor> }> {
  const file = await open(path, 'r');
  try {
    const { metadata, entries, dataStart } = await headerOf(file, path);
    const tensors = new Map<string, StateTensor>();
    for (const [name, { dtype, shape, data_offsets }] of entries) {
      const bytes = new ArrayBuffer(data_offsets[1] - data_offsets[0]);
      await readAll(file, new Uint8Array(bytes), dataStart + data_offsets[0], path);
      tensors.set(
        name,
        dtype === 'F32'
          ? { dtype: 'float32', shape, data: new Float32Array(bytes) }
          : { dtype: 'int32', shape, data: new Int32Array(bytes) },
      );
    }
    if (metadata[digestKey] !== undefined && metadata[digestKey] !== (await digest(tensors))) {
      throw damaged(path, 'its bytes are not the ones that were written (the digest differs)');
    }
    return { metadata, tensors };
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle, path: string): Promise<Header> {
  const { size } = await file.stat();
  if (size < 8) throw damaged(path, `it has only ${size} bytes`);
  const start = Buffer.alloc(8);
  await readAll(file, start, 0, path);
  const length = Number(start.readBigUInt64LE());
  if (length > maximumHeader || 8 + length > size) {
    throw damaged(path, `its header says ${length} bytes and the file has ${size}`);
  }
  const text = Buffer.alloc(length);
  await readAll(file, text, 8, path);
  const dataStart = 8 + length;
  try {
    const header = parseTensorHeader(text.toString('utf8'), size - dataStart);
    for (const [name, { dtype }] of header.entries)
      if (dtype !== 'F32' && dtype !== 'I32') throw new RangeError(`${name} is of the type ${dtype}`);
    return { ...header, dataStart };
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
}

/** SHA-256 over the tensors' names and SHA-256 sums; the sums are computed off the main thread, which is training. */
async function digest(tensors: ReadonlyMap<string, StateTensor>): Promise<string> {
  const total = createHash('sha256');
  for (const [name, { data }] of tensors) {
    total.update(`${name}\0`);
    total.update(new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytesOf(data))));
  }
  return total.digest('hex');
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done);
    done += bytesWritten;
  }
}

async function readAll(file: FileHandle, into: Uint8Array, position: number, path: string): Promise<void> {
  let done = 0;
  while (done < into.byteLength) {
    const { bytesRead } = await file.read(into, done, into.byteLength - done, position + done);
    if (bytesRead === 0) throw damaged(path, 'it is shorter than its header says');
    done += bytesRead;
  }
}

function bytesOf(data: Float32Array | Int32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

function damaged(path: string, why: string): FacecomError {
  return new FacecomError('checkpoint-damaged', `The checkpoint ${path} is damaged: ${why}.`, {
    place: { file: path },
  });
}
