import type { RawPicture } from './raw.ts';

interface Header {
  kind: number;
  width: number;
  height: number;
  /** Largest value; 1 for bitmaps. */
  top: number;
  /** Where the pixels begin. */
  start: number;
}

/** Size of a PBM, PGM or PPM file from its header. Throws Error for what is not one. */
export function pnmSize(bytes: Uint8Array): { width: number; height: number } {
  return readHeader(bytes);
}

/** Decodes a PBM, PGM or PPM file (P1 to P6, netpbm's definition), 16 bits made 8. Throws Error if it ends early. */
export function readPnm(bytes: Uint8Array): RawPicture {
  const { kind, width, height, top, start } = readHeader(bytes);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * channels;
  const data = new Uint8Array(count);
  const scaled = (value: number) => {
    if (value > top) throw new Error(`a value of ${value} where ${top} is the largest`);
    return Math.round((value * 255) / top);
  };
  if (kind <= 3) {
    const reader = new Tokens(bytes, start);
    for (let i = 0; i < count; i++)
      data[i] = kind === 1 ? 255 * (1 - reader.digit()) : scaled(reader.number());
  } else if (kind === 4) {
    const stride = (width + 7) >> 3;
    needs(bytes, start + stride * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        data[y * width + x] = (bytes[start + y * stride + (x >> 3)]! >> (7 - (x & 7))) & 1 ? 0 : 255;
  } else {
    const wide = top > 255;
    needs(bytes, start + count * (wide ? 2 : 1));
    for (let i = 0; i < count; i++)
      data[i] = scaled(wide ? bytes[start + 2 * i]! * 256 + bytes[start + 2 * i + 1]! : bytes[start + i]!);
  }
  return { data, width, height, channels };
}

function needs(bytes: Uint8Array, length: number): void {
  if (bytes.length < length) throw new Error('the file ends early');
}

function readHeader(bytes: Uint8Array): Header {
  const kind = bytes[1]! - 48;
  if (bytes[0] !== 0x50 || !(kind >= 1 && kind <= 6)) throw new Error('no PNM header');
  const reader = new Tokens(bytes, 2);
  const width = reader.number();
  const height = reader.number();
  const top = kind === 1 || kind === 4 ? 1 : reader.number();
  if (width < 1 || height < 1 || top < 1 || top > 65535)
    throw new Error(`a PNM header of ${width} × ${height} pixels up to ${top}`);
  return { kind, width, height, top, start: reader.at + (kind > 3 ? 1 : 0) };
}

/** Numbers of a PNM file's text, comments left out. */
class Tokens {
  at: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  number(): number {
    this.skip();
    const from = this.at;
    while (isDigit(this.bytes[this.at])) this.at++;
    if (this.at === from || this.at - from > 9) throw new Error('a number is missing');
    return Number(String.fromCharCode(...this.bytes.subarray(from, this.at)));
  }

  /** A bit of P1, which need not be set apart. */
  digit(): number {
    this.skip();
    const digit = this.bytes[this.at++]! - 48;
    if (digit !== 0 && digit !== 1) throw new Error('a bit is missing');
    return digit;
  }

  private skip(): void {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === 0x23) while (this.at < this.bytes.length && this.bytes[this.at] !== 10) this.at++;
      else if (byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)) this.at++;
      else return;
    }
  }
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 48 && byte <= 57;
