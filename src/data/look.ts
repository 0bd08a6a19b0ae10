import { openSharp } from './decode.ts';

/**
 * The difference hash of an image (Krawetz, 2013): 64 bits, each whether a pixel of a grey 9 × 8 thumbnail is brighter than the one
 * to its left; 16 hexadecimal digits. Empty if the image cannot be decoded.
 */
export async function lookOf(file: string): Promise<string> {
  try {
    const image = await openSharp(file);
    const pixels = await image
      .flatten({ background: '#000' })
      .resize(9, 8, { fit: 'fill' })
      .greyscale()
      .raw({ depth: 'uchar' })
      .toBuffer();
    let bits = 0n;
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++)
        bits = (bits << 1n) | (pixels[y * 9 + x + 1]! > pixels[y * 9 + x]! ? 1n : 0n);
    return bits.toString(16).padStart(16, '0');
  } catch {
    return '';
  }
}

/** Bits up to which two hashes count as the same image. */
const near = 2;

/**
 * For each image the number of the group of those that look alike: hashes that differ in at most two bits, over any number of
 * steps. A hash without structure (a plain image) says nothing and groups nobody.
 */
export function lookGroups(looks: readonly (string | undefined)[]): (number | undefined)[] {
  const values = looks.map((look) => (look ? BigInt(`0x${look}`) : undefined));
  const first = new Map<bigint, number>();
  const parent = looks.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  // Two hashes within two bits agree in at least one of three parts of their bits.
  const parts = [
    [0n, 22n],
    [22n, 21n],
    [43n, 21n],
  ] as const;
  const buckets = new Map<string, bigint[]>();
  for (const [i, value] of values.entries()) {
    if (value === undefined || ones(value) < 6 || ones(value) > 58) continue;
    const same = first.get(value);
    if (same !== undefined) {
      parent[root(i)] = root(same);
      continue;
    }
    first.set(value, i);
    for (const [p, [shift, width]] of parts.entries()) {
      const key = `${p} ${(value >> shift) & ((1n << width) - 1n)}`;
      const bucket = buckets.get(key);
      if (!bucket) buckets.set(key, [value]);
      else {
        for (const other of bucket)
          if (ones(other ^ value) <= near) parent[root(i)] = root(first.get(other)!);
        bucket.push(value);
      }
    }
  }
  const size = new Map<number, number>();
  const roots = looks.map((_, i) => root(i));
  for (const r of roots) size.set(r, (size.get(r) ?? 0) + 1);
  return roots.map((r) => (size.get(r)! > 1 ? r : undefined));
}

function ones(value: bigint): number {
  let count = 0;
  for (let rest = value; rest > 0n; rest &= rest - 1n) count++;
  return count;
}
