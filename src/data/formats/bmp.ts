import type { RawPicture } from './raw.ts';

/** Size of a BMP file from its header. Throws Error for what is not one. */
export function bmpSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30 || view.getUint16(0, true) !== 0x4d42) throw new Error('no BMP header');
  if (view.getUint32(14, true) === 12)
    return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

/**
 * Decodes an uncompressed BMP of 1, 4, 8, 16, 24 or 32 bits a pixel to RGB (Microsoft's BITMAPINFOHEADER and its later versions,
 * OS/2's BITMAPCOREHEADER). Throws Error for run-length coding and for a file that ends early.
 */
export function readBmp(bytes: Uint8Array): RawPicture {
  const { width, height } = bmpSize(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const core = headerSize === 12;
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? 0 : view.getUint32(30, true);
  if (![0, 3, 6].includes(compression)) throw new Error(`BMP compression ${compression} is not read`);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`BMP of ${bits} bits a pixel`);
  if (width < 1 || height < 1) throw new Error(`BMP of ${width} × ${height} pixels`);
  const topDown = !core && view.getInt32(22, true) < 0;
  const stride = ((bits * width + 31) >> 5) * 4;
  if (start + stride * height > bytes.length) throw new Error('the BMP file ends early');
  const masks = compression === 0 ? defaultMasks(bits) : [0, 4, 8].map((at) => view.getUint32(54 + at, true));
  const channel = (pixel: number, mask: number) => {
    if (mask === 0) return 0;
    const shift = 31 - Math.clz32(mask & -mask);
    const top = mask >>> shift;
    return Math.round((((pixel & mask) >>> shift) * 255) / top);
  };
  const paletteAt = 14 + headerSize + (compression === 3 && headerSize === 40 ? 12 : 0);
  const entry = core ? 3 : 4;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = start + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) {
      const to = 3 * (y * width + x);
      if (bits <= 8) {
        const byte = bytes[row + ((x * bits) >> 3)]!;
        const index = (byte >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
        const from = paletteAt + entry * index;
        if (from + 2 >= start) throw new Error('the BMP names a colour that its palette lacks');
        for (let c = 0; c < 3; c++) data[to + c] = bytes[from + 2 - c]!;
      } else if (bits === 24) for (let c = 0; c < 3; c++) data[to + c] = bytes[row + 3 * x + 2 - c]!;
      else {
        const pixel = bits === 16 ? view.getUint16(row + 2 * x, true) : view.getUint32(row + 4 * x, true);
        for (let c = 0; c < 3; c++) data[to + c] = channel(pixel, masks[c]!);
      }
    }
  }
  return { data, width, height, channels: 3 };
}

const defaultMasks = (bits: number) => (bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff]);
