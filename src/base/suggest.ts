export interface Suggestion {
  text: string;
  /** No other candidate is as near, and it is near enough to be put in without asking. */
  sure: boolean;
}

/** The candidate nearest to what was written, by edits of a letter, a swap of neighbours counting as one; undefined if none is near. */
export function suggest(written: string, candidates: readonly string[]): Suggestion | undefined {
  const word = normal(written);
  let best: { text: string; distance: number } | undefined;
  let second = Number.POSITIVE_INFINITY;
  for (const text of candidates) {
    // Lengths that differ more than is near: no need to count.
    if (Math.abs(text.length - word.length) > allowedOf(word, text)) continue;
    const distance = editDistance(word, normal(text));
    if (!best || distance < best.distance) {
      second = best?.distance ?? second;
      best = { text, distance };
    } else second = Math.min(second, distance);
  }
  if (!best) return undefined;
  const length = Math.max(written.length, best.text.length);
  if (best.distance > allowedOf(word, best.text)) return undefined;
  return { text: best.text, sure: best.distance < second && best.distance <= Math.max(1, length / 4) };
}

/** Edits up to which a text counts as near. */
const allowedOf = (a: string, b: string): number => Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));

/** Case and the choice of `-`, `_` or a space are no difference worth an edit. */
function normal(text: string): string {
  return text.toLowerCase().replace(/[\s-]/g, '_');
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours (Damerau, 1964), each costs 1. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(
        previous[j]! + 1,
        row[j - 1]! + 1,
        previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
