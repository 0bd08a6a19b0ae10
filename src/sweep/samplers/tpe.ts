import { Random } from '../../base/random.ts';
import { type Assignment, allowed, choose, type Space } from '../space.ts';
import { candidates, densitiesOf } from '../tpe/candidates.ts';
import { bestFirst } from '../tpe/combine.ts';
import type { Coordinate } from '../tpe/coordinate.ts';
import { several, single } from '../tpe/manner.ts';
import type { Observation } from '../tpe/observation.ts';
import { decode as decodeCube } from './cube.ts';
import { grid } from './grid.ts';
import type { LearningKind, LearningSampler, SamplerOptions, Told } from './sampler.ts';
import { MAX_COORDINATES, shiftedSobol } from './sobol.ts';

/** Points that are drawn evenly before there is enough to learn from. */
export const STARTUP = 10;

/** How often candidates are drawn anew where all were refused, and how many of their combinations are looked at each time. */
const ROUNDS = 20;
const COMBINATIONS = 1000;

/** Random draws where no candidate was accepted, and points that are looked at one by one where those were refused too. */
const DRAWS = 20_000;
const WALKED = 200_000;

/**
 * Tree-structured Parzen estimator (Bergstra et al., 2011): proposes what is likeliest among good points rather than among the others.
 * A proposal depends on the seed, its number and what was told, in whatever order, and on nothing else.
 */
export const tpe: LearningKind = {
  name: 'tpe',
  exhaustive: false,
  learns: true,
  create: (space, options) => new TpeSampler(space, options),
};

class TpeSampler implements LearningSampler {
  private readonly coordinates: readonly Coordinate[];
  private readonly told = new Map<number, Observation>();
  private readonly start: (index: number) => number[] | undefined;

  constructor(
    private readonly space: Space,
    private readonly options: SamplerOptions,
  ) {
    this.coordinates = space.dimensions.flatMap(({ coding }) => coding.coordinates);
    this.start =
      space.coordinates <= MAX_COORDINATES ? shiftedSobol(space.coordinates, options.seed) : () => undefined;
  }

  tell({ number, point, state, losses, epoch }: Told): boolean {
    const at = this.encode(point);
    if (!at) return false;
    this.told.set(number, {
      number,
      at,
      state,
      ...(losses ? { losses } : {}),
      ...(epoch === undefined ? {} : { epoch }),
    });
    return true;
  }

  ask(number: number, refuses: (point: Assignment) => boolean = () => false): Assignment | undefined {
    const observations = [...this.told.values()];
    const ended = observations.filter(({ state }) => state !== 'running').length;
    if (ended < STARTUP) {
      const u = this.start(number);
      const point = u && decodeCube(this.space, u, this.options);
      if (point && !refuses(point)) return point;
    } else {
      const { objectives = 1 } = this.options;
      const manner = objectives === 1 ? single : several;
      const study = { coordinates: this.coordinates, objectives, observations };
      const densities = densitiesOf(study, manner);
      const count = manner.candidates[number % manner.candidates.length]!;
      for (let round = 0; round < ROUNDS; round++) {
        const ranked = candidates(densities, { seed: this.options.seed, number, round, count });
        for (const numbers of bestFirst(ranked, this.coordinates.length, COMBINATIONS)) {
          const point = this.decode(numbers);
          if (point && !refuses(point)) return point;
        }
      }
    }
    return this.draw(number, refuses) ?? this.find(number, refuses);
  }

  /** A random point that is not refused. */
  private draw(number: number, refuses: (point: Assignment) => boolean): Assignment | undefined {
    const random = new Random(this.options.seed, 'tpe random', number);
    for (let i = 0; i < DRAWS; i++) {
      const u = Array.from({ length: this.space.coordinates }, () => random.uniform());
      const point = decodeCube(this.space, u, this.options);
      if (point && !refuses(point)) return point;
    }
    return undefined;
  }

  /** One of the last points of a space that can be counted. */
  private find(number: number, refuses: (point: Assignment) => boolean): Assignment | undefined {
    const size = this.space.dimensions.reduce((all, dimension) => all * (dimension.size ?? Infinity), 1);
    if (size > WALKED) return undefined;
    const left: Assignment[] = [];
    const walker = grid.create(this.space, this.options);
    for (let point = walker.ask(); point; point = walker.ask()) if (!refuses(point)) left.push(point);
    return left.length === 0 ? undefined : new Random(this.options.seed, 'tpe last', number).pick(left);
  }

  private encode(point: Assignment): Float64Array | undefined {
    const numbers: number[] = [];
    for (const { axes, coding } of this.space.dimensions) {
      const values = axes.map(({ index }) => point[index]);
      const own = values.every((value) => typeof value === 'symbol')
        ? coding.coordinates.map(() => Number.NaN)
        : coding.encode(values);
      if (!own) return undefined;
      numbers.push(...own);
    }
    return Float64Array.from(numbers);
  }

  /** The point at these numbers; undefined if a constraint refuses it. */
  private decode(numbers: Float64Array): Assignment | undefined {
    const { space } = this;
    const { tally } = this.options;
    const assignment = new Array<unknown>(space.axes.length);
    if (!allowed(space, assignment, 0, tally)) return undefined;
    let offset = 0;
    for (const [depth, dimension] of space.dimensions.entries()) {
      const { coordinates, decode } = dimension.coding;
      const end = offset + coordinates.length;
      choose(space, dimension, decode(numbers.subarray(offset, end)), assignment, tally);
      offset = end;
      if (!allowed(space, assignment, depth + 1, tally)) return undefined;
    }
    return assignment;
  }
}
