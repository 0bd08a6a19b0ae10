import type { Finding } from './problem.ts';
import type { Path } from './tree.ts';

/** A finding with the place it is about: the key of the path, or its value. */
export interface PlacedFinding extends Finding {
  at: Path;
  on: 'key' | 'value';
  /** The part of the written value that is meant, where it is not the whole. */
  within?: string;
  /** The text that would put it right, where that is unambiguous. */
  fix?: string;
  /** Text is meant, and a number or word was read: whether the text as it was written would do, which is then offered in quotes. */
  accepts?: (text: string) => boolean;
  /** Right, but probably not meant. */
  warning?: true;
}
