import { aligned } from './memory.ts';

/** A buffer that a program needs from the instruction that first writes it to the last that touches it, both included. */
export interface Lifetime {
  bytes: number;
  first: number;
  last: number;
}

export interface ArenaPlan {
  /** Where each buffer lies, in bytes; buffers that are alive together do not overlap. */
  offsets: number[];
  bytes: number;
}

/**
 * Places buffers in one arena: the largest first, each in the smallest gap between those that are alive with it (greedy by size;
 * Pisarchyk and Lee, 2020).
 */
export function planArena(buffers: readonly Lifetime[]): ArenaPlan {
  const offsets = new Array<number>(buffers.length).fill(0);
  const order = buffers.map((_, i) => i).sort((a, b) => buffers[b]!.bytes - buffers[a]!.bytes || a - b);
  /** Those placed, by offset. */
  const placed: number[] = [];
  let total = 0;
  for (const index of order) {
    const { bytes, first, last } = buffers[index]!;
    const size = aligned(bytes);
    if (size === 0) continue;
    let at = -1;
    let gap = Infinity;
    let end = 0;
    for (const other of placed) {
      const { first: from, last: to } = buffers[other]!;
      if (from > last || to < first) continue;
      const room = offsets[other]! - end;
      if (room >= size && room < gap) {
        at = end;
        gap = room;
      }
      end = Math.max(end, offsets[other]! + aligned(buffers[other]!.bytes));
    }
    if (at < 0) at = end;
    offsets[index] = at;
    total = Math.max(total, at + size);
    placed.splice(position(placed, offsets, at), 0, index);
  }
  return { offsets, bytes: total };
}

/** Where an offset belongs among those placed, by bisection. */
function position(placed: readonly number[], offsets: readonly number[], at: number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[placed[middle]!]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
