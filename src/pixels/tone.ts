import type { Picture } from './picture.ts';

/** Replaces each value by the table's: what is done to a value is computed 256 times and not once a pixel. */
export function applyTable({ pixels }: Picture, table: Uint8Array): void {
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!;
}

/** The table of a function of a value in 0..255, rounded and clipped to 0..255. */
export function tableOf(f: (value: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.max(0, Math.min(255, Math.round(f(value)))));
}
