import { formatPath, type Path, type PlacedFinding } from '../spec/index.ts';
import { learningSamplerOf, samplerOf } from './samplers/index.ts';
import { MAX_COORDINATES } from './samplers/sobol.ts';
import type { Dimension } from './space.ts';
import type { SweepSpec } from './sweep-spec.ts';

/** The method fits the space and what else the sweep asks for. */
export function checkMethod(sweep: SweepSpec, dimensions: Dimension[], findings: PlacedFinding[]): void {
  const find = (
    key: string,
    message: string,
    remedy?: string,
    at: Path = ['sweep', key],
    on: 'key' | 'value' = 'key',
  ) => findings.push({ code: 'sweep-method', at, on, path: formatPath(at), message, remedy });
  const kind = samplerOf(sweep);
  const learns = learningSamplerOf(sweep) !== undefined;
  const bounded = learns && sweep.budget !== undefined && Object.keys(sweep.budget).length > 0;
  if (!learns && sweep.budget !== undefined)
    find(
      'budget',
      'sweep.budget is for a method that learns, such as tpe.',
      'Remove it, or set method: tpe.',
    );
  if (!learns && sweep.warm_start.length > 0)
    find(
      'warm_start',
      'sweep.warm_start is for a method that learns, such as tpe.',
      'Remove it, or set method: tpe.',
    );
  if (!kind.exhaustive && sweep.trials === undefined && !bounded)
    find(
      'method',
      `sweep.method ${sweep.method} needs sweep.trials: how many points to draw.`,
      'Add `trials: 100`.',
    );
  if (kind.exhaustive && sweep.trials !== undefined)
    find(
      'trials',
      'A grid runs every point; sweep.trials is for random and sobol.',
      'Remove trials, or set method.',
    );
  if (
    sweep.method === 'sobol' &&
    dimensions.reduce((sum, { coordinates }) => sum + coordinates, 0) > MAX_COORDINATES
  )
    find('method', `Sobol's sequence reaches up to ${MAX_COORDINATES} axes.`, 'Use method: random.');
  if (kind.exhaustive)
    for (const { size, axes } of dimensions)
      if (size === undefined)
        find(
          'axes',
          `A grid needs the values of ${axes.map(({ name }) => name).join(', ')} to be countable.`,
          'Add a step, list the values, or use method: random.',
          axes.length > 1 ? axes[0]!.at.slice(0, -2) : axes[0]!.at,
          'value',
        );
  if (sweep.until && sweep.repeats < 2)
    find(
      'until',
      'sweep.until compares points over seeds, and one seed tells nothing of the spread.',
      'Set repeats: 2 or, better, 3.',
    );
  if (sweep.until && sweep.objectives)
    find('until', 'sweep.until is for one objective.', 'Remove it, or objectives.');
  if (sweep.repeats > 1 && dimensions.some(({ axes }) => axes.some(({ name }) => name === 'seed')))
    find('repeats', 'sweep.repeats varies the seed, and so does the axis seed.', 'Keep one of the two.');
}

/** The largest seed of a run, as in the schema. */
const MAX_SEED = 2 ** 32 - 1;

/** Repeats count the seed up. */
export function checkSeeds(
  sweep: SweepSpec,
  partial: Record<string, unknown>,
  findings: PlacedFinding[],
): void {
  const repeats = Math.max(sweep.repeats, sweep.until?.max_repeats ?? 1);
  if (typeof partial.seed !== 'number' || partial.seed + repeats - 1 <= MAX_SEED) return;
  findings.push({
    code: 'sweep-method',
    at: ['sweep', 'repeats'],
    on: 'value',
    path: 'sweep.repeats',
    message: `The seeds of ${repeats} repeats from ${partial.seed} on are more than there are.`,
    expected: `seed + repeats - 1 at most ${MAX_SEED}`,
  });
}
