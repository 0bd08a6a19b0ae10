import type { ErrorCode } from '../base/error-codes.ts';
import { isRecord, overlaps } from '../base/objects.ts';
import { activatePlugins } from '../plugins/index.ts';
import type { Experiment } from '../spec/index.ts';
import {
  checkSchema,
  experimentSchema,
  fillDefaults,
  formatPath,
  type PlacedFinding,
  type Problem,
  placed,
  type ResolvedExperiment,
  SpecError,
} from '../spec/index.ts';
import { blame } from './blame.ts';
import { buildSpace } from './build.ts';
import { checkPoint } from './check-point.ts';
import { type Configured, configurer } from './configure.ts';
import { type Condition, equal } from './expressions.ts';
import { identify, sectionTexts, trialId } from './identity.ts';
import { learningSamplerOf, type Sampler, samplerOf } from './samplers/index.ts';
import { ABSENT, type Assignment, allowed, type Space, Tally } from './space.ts';
import type { SweepSpec } from './sweep-spec.ts';

/** A resolved configuration that a sweep runs. */
export interface Trial {
  /** What decides its result, hashed: see `trialId`. */
  id: string;
  /** The values of the axes that exist in it, by dotted path, in the spec's order. */
  axes: Record<string, unknown>;
  config: Experiment;
  seed: number;
  /** Which point of the space it belongs to, from 0; repeats share it. */
  point: number;
  /** Which of the point's repeats it is, from 0. */
  repeat: number;
}

/** How many trials have the same set of axes: what `when` makes of the space. */
export interface Branch {
  axes: string[];
  trials: number;
}

export interface Expansion {
  trials: Trial[];
  /** Points, each with `repeats` trials. */
  points: number;
  repeats: number;
  /** Trials that were the same as another and are not run twice. */
  duplicates: number;
  branches: Branch[];
  warnings: Array<{ code: ErrorCode; message: string }>;
}

export interface ExpandOptions {
  /** Content hash of the data set that a config reads, where it is known: part of the ids. */
  dataHash?: (config: Experiment) => string | undefined;
  /** Hash of the weights that a config starts from, where it is known: part of the ids. */
  weightsHash?: (config: Experiment) => string | undefined;
}

/** More combinations than this are not looked at, whatever conditions would leave of them. */
const MAX_COMBINATIONS = 2_000_000;

/** Points of a search that are checked before it begins. */
const SAMPLE = 100;

/** Draws that led to no new point before a sampler is taken to have run dry: this many, and this many times the trials. */
const DRY = { draws: 1000, perTrial: 20 };

/**
 *   sweep ─▶ Space ─▶ sampler: points ─▶ constraints ─▶ configs ─▶ schema and rules ─▶ ids ─▶ Trial[]
 *
 * The trials of a spec; a spec without a sweep has one. Throws SpecError with every problem, each at the line that caused it.
 */
export function expandSweep(spec: ResolvedExperiment, options: ExpandOptions = {}): Expansion {
  activatePlugins(spec.config.plugins);
  const findings: PlacedFinding[] = [];
  const fail = (): never => {
    throw new SpecError(findings.map((finding): Problem => placed(finding, spec)));
  };
  const { sweep } = spec;
  if (!sweep) return single(spec, options);
  const space = buildSpace(sweep, spec.partial, findings);
  if (!space) return fail();
  const run = new Run(spec, sweep, space, options, findings);
  run.collect();
  if (findings.length > 0) fail();
  return run.expansion();
}

/** What is wrong with a sweep that keeps to the schema before its trials are made: paths, ties, conditions, method. */
export function checkSweep(
  spec: Pick<ResolvedExperiment, 'sweep' | 'partial' | 'tree' | 'source'>,
): Problem[] {
  const { sweep } = spec;
  if (!sweep) return [];
  const broken = checkSchema({ name: 'sweep', sweep });
  const findings: PlacedFinding[] = [];
  if (broken.length === 0) buildSpace(sweep, spec.partial, findings);
  else buildSpace(axesAlone(sweep, broken), spec.partial, findings);
  return findings.map((finding) => placed(finding, spec));
}

/** A sweep that breaks the schema, with those of its axes that do not: their paths can still be judged. */
function axesAlone(sweep: SweepSpec, broken: readonly PlacedFinding[]): SweepSpec {
  const isBroken = (axis: string) => broken.some(({ at }) => overlaps(at, ['sweep', 'axes', axis]));
  const axes = isRecord(sweep.axes) ? Object.entries(sweep.axes).filter(([axis]) => !isBroken(axis)) : [];
  const empty = fillDefaults(experimentSchema.properties!.sweep!, { axes: {} }) as SweepSpec;
  return { ...empty, axes: Object.fromEntries(axes) };
}

function single({ config }: ResolvedExperiment, { dataHash, weightsHash }: ExpandOptions): Expansion {
  const id = trialId(config, dataHash?.(config), weightsHash?.(config));
  return {
    trials: [{ id, axes: {}, config, seed: config.seed, point: 0, repeat: 0 }],
    points: 1,
    repeats: 1,
    duplicates: 0,
    branches: [{ axes: [], trials: 1 }],
    warnings: [],
  };
}

class Run {
  private readonly trials: Trial[] = [];
  private readonly seen = new Set<string>();
  private readonly tally = new Tally();
  private readonly warnings: Expansion['warnings'] = [];
  private readonly texts = sectionTexts();
  private readonly configure: (point: Assignment) => Configured;
  private readonly broken = new Map<string, { finding: PlacedFinding; trials: number; first: Assignment }>();
  private readonly met: Array<{ any: unknown[]; fresh: unknown[] } | undefined> = [];
  private points = 0;
  private tried = 0;
  private duplicates = 0;

  constructor(
    spec: ResolvedExperiment,
    private readonly sweep: SweepSpec,
    private readonly space: Space,
    private readonly options: ExpandOptions,
    private readonly findings: PlacedFinding[],
  ) {
    this.configure = configurer(spec.partial, space.axes);
  }

  collect(): void {
    const kind = samplerOf(this.sweep);
    const sampler = kind.create(this.space, { seed: this.sweep.seed, tally: this.tally });
    if (kind.exhaustive) this.walk(sampler);
    // Of a method that learns a sample is checked: its own points follow from results.
    else if (learningSamplerOf(this.sweep)) this.draw(sampler, Math.min(SAMPLE, this.sweep.trials ?? SAMPLE));
    else this.draw(sampler, this.sweep.trials!);
    this.report(kind.exhaustive);
  }

  private walk(sampler: Sampler): void {
    const combinations = this.space.dimensions.reduce((all, { size }) => all * (size ?? 1), 1);
    // Conditions may take any number away, but not before each combination is looked at.
    const most = this.isFree() ? this.sweep.limit / this.sweep.repeats : MAX_COMBINATIONS;
    if (combinations > most) {
      this.tooMany(String(combinations * this.sweep.repeats));
      return;
    }
    if (!allowed(this.space, new Array(this.space.axes.length), 0, this.tally)) return;
    for (let point = sampler.ask(); point; point = sampler.ask()) {
      this.take(point);
      if (this.trials.length > this.sweep.limit) return;
    }
  }

  /** Whether every combination of values is a trial. */
  private isFree(): boolean {
    return this.space.constraints.length === 0 && this.space.axes.every(({ when }) => !when);
  }

  private draw(sampler: Sampler, wanted: number): void {
    if (wanted * this.sweep.repeats > this.sweep.limit) {
      this.tooMany(String(wanted * this.sweep.repeats));
      return;
    }
    const patience = DRY.draws + DRY.perTrial * wanted;
    let dry = 0;
    while (this.points + this.broken.size < wanted && dry < patience) {
      const point = sampler.ask();
      if (!point) break;
      const taken = this.take(point);
      if (!taken) dry++;
    }
    if (this.points > 0 && this.points < wanted && this.broken.size === 0)
      this.warnings.push({
        code: 'sweep-exhausted',
        message: `${wanted} points were asked for, and only ${this.points} different ones were found in ${this.tried} draws.`,
      });
  }

  /** A point's trials; false if they are there already or break the schema. */
  private take(point: Assignment): boolean {
    this.tried++;
    const configured = this.configure(point);
    const { config } = configured;
    const found = checkPoint(configured);
    if (found.length > 0) {
      for (const finding of found) {
        const key = `${finding.code} ${finding.path} ${finding.message}`;
        const known = this.broken.get(key);
        if (known) known.trials++;
        else this.broken.set(key, { finding, trials: 1, first: [...point] });
      }
      return false;
    }
    const dataHash = this.options.dataHash?.(config);
    const weightsHash = this.options.weightsHash?.(config);
    const id = identify(config, dataHash, this.texts, weightsHash);
    this.count(point, this.seen.has(id));
    if (this.seen.has(id)) {
      this.duplicates += this.sweep.repeats;
      return false;
    }
    this.seen.add(id);
    const axes: Record<string, unknown> = {};
    for (const axis of this.space.axes) if (point[axis.index] !== ABSENT) axes[axis.name] = point[axis.index];
    for (let repeat = 0; repeat < this.sweep.repeats; repeat++) {
      const seed = config.seed + repeat;
      const repeated = repeat === 0 ? config : { ...config, seed };
      const own = repeat === 0 ? id : identify(repeated, dataHash, this.texts, weightsHash);
      this.trials.push({ id: own, axes, config: repeated, seed, point: this.points, repeat });
    }
    this.points++;
    return true;
  }

  /** Which values of each axis were met, in all points and in those that were new: up to two of each tell enough. */
  private count(point: Assignment, known: boolean): void {
    for (const { index } of this.space.axes) {
      const value = point[index];
      if (value === ABSENT) continue;
      let met = this.met[index];
      if (!met) {
        met = { any: [], fresh: [] };
        this.met[index] = met;
      }
      if (met.any.length < 2 && !met.any.includes(value)) met.any.push(value);
      if (!known && met.fresh.length < 2 && !met.fresh.includes(value)) met.fresh.push(value);
    }
  }

  private report(exhaustive: boolean): void {
    const { limit } = this.sweep;
    for (const { finding, trials, first } of this.broken.values())
      this.findings.push(
        blame(finding, {
          trials,
          tried: this.tried,
          first,
          space: this.space,
          check: (point) => checkPoint(this.configure(point)),
        }),
      );
    if (this.trials.length > limit) {
      this.tooMany(`more than ${limit}`);
      return;
    }
    this.checkConditions(exhaustive);
    if (this.broken.size === 0) this.checkAxes();
    if (this.tried === 0 && this.findings.length === 0)
      this.find('sweep-empty', ['sweep'], 'The sweep has no trial: its conditions leave nothing.');
  }

  private tooMany(found: string): void {
    const product = this.space.dimensions.reduce((all, { size }) => all * (size ?? 1), this.sweep.repeats);
    this.find(
      'sweep-limit',
      ['sweep', 'limit'],
      `The sweep has more trials than sweep.limit allows; none is cut off.`,
      {
        found: `${found} trials${this.sweep.method === 'grid' ? ` (${product} before conditions and duplicates)` : ''}`,
        expected: `at most ${this.sweep.limit}`,
        remedy: 'Raise sweep.limit, or take values away.',
      },
    );
  }

  /** An axis whose values all lead to the same trials. */
  private checkAxes(): void {
    for (const { name, at, index } of this.space.axes) {
      const met = this.met[index];
      if (!met || met.any.length < 2 || met.fresh.length > 1 || equal(met.any[0], met.any[1])) continue;
      this.findings.push({
        code: 'sweep-axis-without-effect',
        at,
        on: 'key',
        path: formatPath(at),
        message: `${name} has no effect here: all its values lead to the same trials.`,
        found: `${this.duplicates} of ${this.trials.length + this.duplicates} trials are copies of others`,
        remedy: 'Take the axis away, or choose what makes it count.',
      });
    }
  }

  /** A condition that never varies says nothing: on a grid that is known, on draws it is likely. */
  private checkConditions(exhaustive: boolean): void {
    const judge = (condition: Condition, what: string, no: string, yes: string) => {
      const count = this.tally.of(condition);
      if (count.no + count.yes === 0 || (count.no > 0 && count.yes > 0)) return;
      const message = `The condition of ${what} ${count.yes > 0 ? yes : no}.`;
      if (exhaustive) this.find('sweep-condition-constant', condition.at, message, { found: condition.text });
      else
        this.warnings.push({ code: 'sweep-condition-constant', message: `${message} (${condition.text})` });
    };
    for (const { condition, kind } of this.space.constraints)
      if (kind === 'exclude')
        judge(
          condition,
          'exclude',
          'never holds: it excludes nothing',
          'always holds: it excludes everything',
        );
      else judge(condition, 'require', 'never holds: it leaves nothing', 'always holds: it says nothing');
    for (const { when, name } of this.space.axes)
      if (when)
        judge(
          when,
          `when for ${name}`,
          `never holds: no trial uses the axis`,
          'always holds: it says nothing',
        );
  }

  private find(
    code: ErrorCode,
    at: PlacedFinding['at'],
    message: string,
    more: Partial<PlacedFinding> = {},
  ): void {
    this.findings.push({ code, at, on: 'value', path: formatPath(at), message, ...more });
  }

  expansion(): Expansion {
    const branches = new Map<string, Branch>();
    for (const { axes } of this.trials) {
      const names = Object.keys(axes);
      const key = names.join(' ');
      const branch = branches.get(key) ?? { axes: names, trials: 0 };
      branch.trials++;
      branches.set(key, branch);
    }
    return {
      trials: this.trials,
      points: this.points,
      repeats: this.sweep.repeats,
      duplicates: this.duplicates,
      branches: [...branches.values()],
      warnings: this.warnings,
    };
  }
}
