import type { Random } from '../../src/base/random.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz_';

/** Words one edit away: letters left out, swapped, put in and replaced; `some` of the last two, drawn. */
export function typosOf(word: string, random: Random, some: number): string[] {
  const found = new Set<string>();
  for (let i = 0; i < word.length; i++) {
    found.add(word.slice(0, i) + word.slice(i + 1));
    if (i > 0) found.add(word.slice(0, i - 1) + word[i] + word[i - 1] + word.slice(i + 1));
  }
  for (let k = 0; k < some; k++) {
    const letter = letters[random.integer(0, letters.length - 1)]!;
    const at = random.integer(0, word.length - 1);
    found.add(word.slice(0, at) + letter + word.slice(at));
    found.add(word.slice(0, at) + letter + word.slice(at + 1));
  }
  found.delete(word);
  found.delete('');
  return [...found];
}
