import { valueAt } from '../base/objects.ts';
import type { Experiment, PlacedFinding, ResolvedExperiment } from '../spec/index.ts';
import { buildSpace } from './build.ts';
import { checkPoint } from './check-point.ts';
import { configurer } from './configure.ts';
import type { ExpandOptions, Trial } from './expand.ts';
import { identify, sectionTexts } from './identity.ts';
import { learningSamplerOf } from './samplers/index.ts';
import type { LearningSampler, Told } from './samplers/sampler.ts';
import { ABSENT, type Assignment, choose, type Space, Tally } from './space.ts';
import type { SweepSpec } from './sweep-spec.ts';

/** What is known of a point by now. */
export type Outcome = Pick<Told, 'state' | 'losses' | 'epoch'>;

/**
 *   told: what came of points ─▶ sampler ─▶ point ─▶ config ─▶ schema and rules ─▶ Trial[] with ids
 *
 * The trials of a sweep whose method learns. What it proposes depends on the spec, the seed and what it was told, and on nothing else.
 */
export class Search {
  private readonly sampler: LearningSampler;
  private readonly tally = new Tally();
  private readonly texts = sectionTexts();
  private readonly configure: ReturnType<typeof configurer>;
  private readonly known = new Set<string>();
  private readonly points = new Map<number, Assignment>();
  private earlier = 0;

  private constructor(
    private readonly sweep: SweepSpec,
    private readonly space: Space,
    partial: Record<string, unknown>,
    private readonly options: ExpandOptions,
  ) {
    this.configure = configurer(partial, space.axes);
    this.sampler = learningSamplerOf(sweep)!.create(space, {
      seed: sweep.seed,
      tally: this.tally,
      objectives: sweep.objectives?.length ?? 1,
    });
  }

  /** Undefined if the sweep's method does not learn. The spec was checked by `expandSweep`. */
  static of(spec: ResolvedExperiment, options: ExpandOptions = {}): Search | undefined {
    const { sweep } = spec;
    const findings: PlacedFinding[] = [];
    if (!sweep || !learningSamplerOf(sweep)) return undefined;
    const space = buildSpace(sweep, spec.partial, findings);
    return space && new Search(sweep, space, spec.partial, options);
  }

  /** The trials of a new point; undefined if none is left that was not run. */
  propose(number: number): Trial[] | undefined {
    const point = this.sampler.ask(number, (other) => {
      const [trial] = this.trialsOf(other, number);
      return !trial || this.known.has(trial.id);
    });
    return point && this.take(point, number);
  }

  /** The trials of a point that was proposed before; undefined if the spec cannot have it any more. */
  restore(axes: Readonly<Record<string, unknown>>, number: number): Trial[] | undefined {
    const point = this.space.axes.map(({ name }) => (Object.hasOwn(axes, name) ? axes[name] : ABSENT));
    return this.trialsOf(point, number).length > 0 ? this.take(point, number) : undefined;
  }

  tell(number: number, outcome: Outcome): void {
    const point = this.points.get(number);
    if (point) this.sampler.tell({ number, point, ...outcome });
  }

  /** What a trial of another sweep led to. False: it is no point of this space. */
  tellEarlier(config: Experiment, losses: readonly number[]): boolean {
    const point = new Array<unknown>(this.space.axes.length);
    for (const dimension of this.space.dimensions)
      choose(
        this.space,
        dimension,
        dimension.axes.map(({ path }) => valueAt(config, path)),
        point,
        this.tally,
      );
    const told = this.sampler.tell({ number: -this.earlier - 1, point, state: 'finished', losses });
    if (told) this.earlier++;
    return told;
  }

  private take(point: Assignment, number: number): Trial[] {
    const trials = this.trialsOf(point, number);
    for (const { id } of trials) this.known.add(id);
    this.points.set(number, point);
    this.sampler.tell({ number, point, state: 'running' });
    return trials;
  }

  /** None where a point breaks the schema or a rule. */
  private trialsOf(point: Assignment, number: number): Trial[] {
    const configured = this.configure(point);
    if (checkPoint(configured).length > 0) return [];
    const { config } = configured;
    const dataHash = this.options.dataHash?.(config);
    const weightsHash = this.options.weightsHash?.(config);
    const axes = Object.fromEntries(
      this.space.axes.flatMap(({ name, index }) => (point[index] === ABSENT ? [] : [[name, point[index]]])),
    );
    return Array.from({ length: this.sweep.repeats }, (_, repeat) => {
      const seed = config.seed + repeat;
      const own = repeat === 0 ? config : { ...config, seed };
      return {
        id: identify(own, dataHash, this.texts, weightsHash),
        axes,
        config: own,
        seed,
        point: number,
        repeat,
      };
    });
  }
}
