import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of an ELF header for 64 bits (System V ABI, "Object Files"). */
const HEADER = 64;

/**
 * How many bytes a shared library is shorter than its ELF header says; undefined if it has no such header. 0 on systems whose
 * libraries are of another format.
 */
export function missingBytes(file: string): number | undefined {
  if (process.platform !== 'linux') return 0;
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER);
    const found = readSync(descriptor, header, 0, HEADER, 0);
    if (found < HEADER || header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
    // The table of sections comes last: its offset, and the size and number of its entries.
    const end = Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
    return Math.max(0, end - fstatSync(descriptor).size);
  } finally {
    closeSync(descriptor);
  }
}
