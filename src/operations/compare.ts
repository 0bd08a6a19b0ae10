import { basename, dirname, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { findTarget, pointName, readRun } from '../record/index.ts';
import type { Comparison, SweepRecord } from '../report/index.ts';
import { runIdOf } from './run-id.ts';

export interface CompareOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** Take each run alone, without the other seeds of its point. */
  alone?: boolean;
  /** Writes an HTML page there. */
  out?: string;
  note?: (line: string) => void;
}

export interface Compared extends Comparison {
  /** The page, if one was asked for. */
  report?: string;
}

/**
 *   names ─▶ sides: a run with its other seeds, a sweep's best point ─▶ configs, metrics over seeds, paired tests, changed answers
 *
 * Holds runs against the first of them. Throws `run-not-found`, `run-ambiguous`, `compare-one` and `report-not-written`.
 */
export async function compare(texts: readonly string[], options: CompareOptions = {}): Promise<Compared> {
  const { runs = 'runs', alone = false, out, note = () => {} } = options;
  const { compareSides, readSweep, writeComparison } = await import('../report/index.ts');
  const sides = texts.map((text) => sideOf(text, { runs, alone, readSweep }));
  const keys = new Set(sides.map((side) => side.dirs.map((dir) => resolve(dir)).join('\n')));
  if (keys.size < 2 || keys.size < sides.length)
    throw new FacecomError('compare-one', 'There is nothing to compare.', {
      found: sides.length < 2 ? (texts[0] ?? 'no run') : `twice the same: ${texts.join(', ')}`,
      expected: 'two runs or more, or the points of a sweep',
      remedy: 'Name another run; --alone holds the seeds of one point against each other.',
      exitCode: 2,
    });
  const read = sides.map(({ name, dirs }) => ({ name, runs: dirs.map((dir) => readRun(dir)) }));
  const comparison = compareSides(read);
  if (out === undefined) return comparison;
  return { ...comparison, report: await writeComparison(comparison, read, { out, note }) };
}

interface ChosenSide {
  name: string;
  dirs: string[];
}

type ReadSweep = (dir: string) => SweepRecord;

/** A run is held with the other seeds of its point; a sweep is its best point. */
function sideOf(
  text: string,
  { runs, alone, readSweep }: { runs: string; alone: boolean; readSweep: ReadSweep },
): ChosenSide {
  const target = findTarget(runs, text);
  if (target.kind === 'run') {
    const own = { name: runIdOf(resolve(target.dir)), dirs: [target.dir] };
    if (alone) return own;
    const points = finishedPoints(readSweep(dirname(resolve(target.dir))));
    const point = points.find(({ dirs }) => dirs.some((dir) => resolve(dir) === resolve(target.dir)));
    return point && point.dirs.length > 1 ? point : own;
  }
  const [best] = finishedPoints(readSweep(target.dir));
  if (!best)
    throw new FacecomError('compare-unfinished', `No run of ${basename(target.dir)} has finished.`, {
      found: text,
      expected: 'a run, or a sweep with a finished trial',
      remedy: 'Name one of its runs: it is compared as far as it has come.',
      exitCode: 2,
    });
  return best;
}

/** The points of a sweep with a finished run, the best first. */
function finishedPoints(sweep: SweepRecord): ChosenSide[] {
  const axes = sweep.points.map((point) => point.axes);
  return sweep.points.flatMap((point) => {
    const dirs = point.trials.flatMap(({ finished, run }) => (finished && run ? [run.dir] : []));
    const name = `${sweep.name} ${pointName(point.axes, axes)}`.trim();
    return dirs.length > 0 ? [{ name, dirs }] : [];
  });
}
