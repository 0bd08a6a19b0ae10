/** Table of CRC-32 by bytes, of the polynomial that PNG uses (ISO/IEC 15948, annex D). */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 of the bytes, as PNG has it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/**
 * What is wrong with a PNG file by the checksums of its chunks up to IEND; undefined if nothing is. Decoders pass over a wrong checksum
 * in the pixels, and would train on whatever came out.
 */
export function pngDamage(file: Buffer): string | undefined {
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    const name = file.toString('latin1', at + 4, at + 8);
    if (end + 4 > file.length) break;
    if (crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end))
      return `the checksum of the chunk ${JSON.stringify(name)} at byte ${at} is wrong`;
    if (name === 'IEND') return undefined;
    at = end + 4;
  }
  return 'the file ends early';
}
