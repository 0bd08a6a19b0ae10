/** Writes messages of Protocol Buffers: each field as its bytes, to be put into a message one after another. */
export type Field = Uint8Array;

const encoder = new TextEncoder();

function integer(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** An integer, an enum or a boolean. */
export const varint = (field: number, value: number | bigint): Field =>
  Uint8Array.from([...integer(field * 8), ...integer(value)]);

/** A float. */
export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(5);
  bytes[0] = field * 8 + 5;
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

export const bytes = (field: number, content: Uint8Array): Field =>
  joined([Uint8Array.from([...integer(field * 8 + 2), ...integer(content.length)]), content]);

export const text = (field: number, value: string): Field => bytes(field, encoder.encode(value));

export const message = (field: number, ...content: Field[]): Field => bytes(field, joined(content));

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
