import { join } from 'node:path';
import { LineWriter, readLines } from '../base/lines.ts';
import type { SearchEntry } from './search.generated.ts';
import {
  anything,
  either,
  finite,
  listOf,
  nothing,
  object,
  oneOf,
  type Shape,
  text,
  whole,
} from './shape.ts';
import { objectiveOf } from './sweep-manifest.ts';

export type { SearchEntry } from './search.generated.ts';

export const searchFile = (sweepDir: string): string => join(sweepDir, 'search.jsonl');

type Entry<T extends SearchEntry['type']> = Extract<SearchEntry, { type: T }>;

const losses: Shape<Array<number | null>> = listOf(either(finite, nothing));

const shapes: { [T in SearchEntry['type']]: Shape<Entry<T>> } = {
  search: object<Entry<'search'>>(
    {
      ...{ type: oneOf('search'), version: (value) => (value === 1 ? 1 : undefined), method: text },
      ...{ seed: whole(0), objectives: listOf(objectiveOf), repeats: whole(1) },
    },
    ['type', 'version', 'method', 'seed', 'objectives', 'repeats'],
  ),
  earlier: object<Entry<'earlier'>>({ type: oneOf('earlier'), run: text, config: anything, losses }, [
    ...(['type', 'run', 'config', 'losses'] as const),
  ]),
  proposed: object<Entry<'proposed'>>(
    { type: oneOf('proposed'), point: whole(0), axes: anything, trials: listOf(text) },
    ['type', 'point', 'axes', 'trials'],
  ),
  told: object<Entry<'told'>>(
    {
      ...{ type: oneOf('told'), point: whole(0), state: oneOf('finished', 'pruned', 'failed') },
      ...{ losses, epoch: finite },
    },
    ['type', 'point', 'state'],
  ),
  spent: object<Entry<'spent'>>({ type: oneOf('spent'), seconds: finite, device_seconds: finite }, [
    ...(['type', 'seconds', 'device_seconds'] as const),
  ]),
};

/** Lines that are none are left out: a crash tears the last one only. */
export function readSearch(sweepDir: string): SearchEntry[] {
  return readLines(searchFile(sweepDir)).flatMap((line): SearchEntry[] => {
    const { type } = line as { type?: unknown };
    const shape =
      typeof type === 'string' && Object.hasOwn(shapes, type) ? shapes[type as 'told'] : undefined;
    const entry = shape?.(line);
    return entry ? [entry] : [];
  });
}

/** Appends entries, each on the disk before the next step is taken. */
export class SearchWriter {
  private readonly writer: LineWriter;

  constructor(sweepDir: string) {
    this.writer = new LineWriter(searchFile(sweepDir));
  }

  write(entry: SearchEntry): void {
    this.writer.write(entry);
    this.writer.sync();
  }

  close(): void {
    this.writer.close();
  }
}

/** A loss as a line holds it, and back: what is not finite is worse than every number. */
export const lossToLine = (loss: number): number | null => (Number.isFinite(loss) ? loss : null);
export const lossOfLine = (loss: number | null): number => loss ?? Number.NaN;
