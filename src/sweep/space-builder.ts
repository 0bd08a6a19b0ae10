import type { ErrorCode } from '../base/error-codes.ts';
import { isRecord } from '../base/objects.ts';
import { suggest } from '../base/suggest.ts';
import { decides, formatPath, type Path, type PlacedFinding, parsePath, show } from '../spec/index.ts';
import { axisCoding, choiceCoding } from './coding.ts';
import { choice } from './distributions/choice.ts';
import { distributions, type Values } from './distributions/index.ts';
import { readCondition } from './expressions.ts';
import { possibleSchemas, suggestPath } from './paths.ts';
import { simplexDimension } from './simplex.ts';
import type { Axis, Dimension } from './space.ts';
import type { SweepSpec } from './sweep-spec.ts';

/** Reads the axes of a sweep and ties them into dimensions. What is wrong is added to the findings. */
export class SpaceBuilder {
  readonly axes: Axis[] = [];
  private readonly simplexes: Dimension[] = [];
  /** Axes of simplexes that are wrong: nothing more is reported about them. */
  private readonly lost = new Set<Axis>();
  private readonly byName = new Map<string, Axis>();

  constructor(
    private readonly sweep: SweepSpec,
    private readonly findings: PlacedFinding[],
  ) {}

  readAxes(): void {
    for (const [written, given] of Object.entries(this.sweep.axes)) {
      const at = ['sweep', 'axes', written];
      const path = this.sweptPath(written, at, 'key');
      if (!path) continue;
      const values = this.valuesOf(given as unknown, at);
      if (!values) continue;
      const listed = Array.isArray(given) ? at : Array.isArray(given.choice) ? [...at, 'choice'] : undefined;
      this.add({ path, values, at, ...(listed ? { valueAt: (k: number) => [...listed, k] } : {}) }, 'key');
    }
  }

  private valuesOf(given: unknown, at: Path): Values | undefined {
    if (Array.isArray(given)) return choice.values(given, undefined) as Values;
    if (!isRecord(given)) return undefined;
    const keys = Object.keys(given).filter((key) => key !== 'step');
    const found = distributions.filter(({ key }) => keys.includes(key));
    if (found.length !== 1 || keys.length !== 1) {
      this.find('sweep-axis', at, 'value', {
        message: 'An axis is a list of values, or exactly one distribution.',
        found: keys.length === 0 ? 'none' : keys.join(' and '),
        expected: `one of ${distributions.map(({ key }) => key).join(', ')}`,
      });
      return undefined;
    }
    const distribution = found[0]!;
    const step = given.step as number | undefined;
    if (step !== undefined && !distribution.quantised) {
      this.find('sweep-axis', [...at, 'step'], 'key', {
        message: `step has no meaning beside ${distribution.key}.`,
        remedy: distribution.key === 'range' ? 'The step of a range is its third number.' : 'Remove it.',
      });
      return undefined;
    }
    const values = distribution.values(given[distribution.key] as unknown[], step);
    if (typeof values !== 'string') return values;
    this.find('sweep-axis', [...at, distribution.key], 'value', {
      message: values,
      found: show(given[distribution.key]),
    });
    return undefined;
  }

  readSimplexes(): void {
    const { simplex } = this.sweep;
    const groups = simplex === undefined ? [] : Array.isArray(simplex) ? simplex : [simplex];
    for (const [g, { paths, total, step }] of groups.entries()) {
      const at = Array.isArray(simplex) ? ['sweep', 'simplex', g] : ['sweep', 'simplex'];
      const axes: Axis[] = [];
      for (const [i, written] of paths.entries()) {
        const place = [...at, 'paths', i];
        const path = this.sweptPath(written, place, 'value');
        // A simplex has no values of one axis alone: its dimension gives them.
        const axis = path && this.add({ path, values: { at: () => undefined }, at: place }, 'value');
        if (axis) axes.push(axis);
      }
      if (axes.length < paths.length) continue;
      const dimension = simplexDimension(axes, total, step);
      if (typeof dimension === 'string') {
        for (const axis of axes) this.lost.add(axis);
        this.find('sweep-simplex', step === undefined ? at : [...at, 'step'], 'value', {
          message: dimension,
          found: `total ${total}, step ${step}`,
        });
      } else this.simplexes.push(dimension);
    }
  }

  readWhen(): void {
    for (const [written, given] of Object.entries(this.sweep.when)) {
      const at = ['sweep', 'when', written];
      const axis = this.axisNamed(written, at, 'key');
      const condition = readCondition(given as string | Record<string, unknown>, at, this.findings);
      if (!axis || !condition) continue;
      if (this.simplexes.some((dimension) => dimension.axes.includes(axis)))
        this.find('sweep-when', at, 'key', {
          message: `${axis.name} belongs to a simplex, whose values add up: it cannot be absent.`,
        });
      else axis.when = condition;
    }
  }

  /** Zip groups, simplexes and single axes, in the order of their first axis in the spec. */
  group(): Dimension[] {
    const grouped = new Set<Axis>(this.simplexes.flatMap(({ axes }) => axes));
    const dimensions = [...this.simplexes];
    for (const [g, names] of this.sweep.zip.entries()) {
      const at = ['sweep', 'zip', g];
      const axes = names
        .map((name, i) => this.axisNamed(name, [...at, i], 'value'))
        .filter((axis) => axis !== undefined);
      if (axes.length < names.length) continue;
      const twice = axes.find((axis, i) => grouped.has(axis) || axes.indexOf(axis) !== i);
      if (twice) {
        this.find('sweep-zip', [...at, axes.lastIndexOf(twice)], 'value', {
          message: `${twice.name} is already tied to other axes.`,
        });
        continue;
      }
      const lengths = axes.map(({ values }) => values.list?.length);
      const without = lengths.indexOf(undefined);
      if (without !== -1 || new Set(lengths).size > 1) {
        this.find('sweep-zip', without === -1 ? at : [...at, without], 'value', {
          message:
            without === -1
              ? 'Axes that advance together need equally many values.'
              : `${axes[without]!.name} has no countable values to advance through.`,
          found: axes.map(({ name }, i) => `${name}: ${lengths[i] ?? 'uncountable'}`).join(', '),
        });
        continue;
      }
      for (const axis of axes) grouped.add(axis);
      const size = lengths[0]!;
      const point = (k: number) => axes.map(({ values }) => values.list![k]);
      dimensions.push({
        axes,
        coordinates: 1,
        size,
        point,
        at: (u, offset) => point(Math.min(size - 1, Math.floor(u[offset]! * size))),
        coding: choiceCoding(size, point),
      });
    }
    for (const axis of this.axes) {
      if (grouped.has(axis) || this.lost.has(axis)) continue;
      const { list } = axis.values;
      dimensions.push({
        axes: [axis],
        coordinates: 1,
        size: list?.length,
        point: (k) => [list![k]],
        at: (u, offset) => [axis.values.at(u[offset]!)],
        coding: axisCoding(axis.values),
      });
    }
    const first = (dimension: Dimension) => Math.min(...dimension.axes.map(({ index }) => index));
    return dimensions.sort((a, b) => first(a) - first(b));
  }

  private add(axis: Omit<Axis, 'index' | 'name'>, on: 'key' | 'value'): Axis | undefined {
    const name = formatPath(axis.path);
    const before = this.byName.get(name);
    if (before) {
      this.find('sweep-axis-twice', axis.at, on, {
        message: `${name} is swept twice.`,
        remedy: 'Keep one of the two.',
      });
      return undefined;
    }
    const added: Axis = { ...axis, name, index: this.axes.length };
    this.byName.set(name, added);
    this.axes.push(added);
    return added;
  }

  /** A path that a sweep can vary. */
  private sweptPath(written: string, at: Path, on: 'key' | 'value'): Path | undefined {
    const path = parsePath(written);
    if (path && possibleSchemas(path).length > 0) {
      if (decides(formatPath(path)) !== 'nothing') return path;
      this.find('sweep-axis-without-effect', at, on, {
        message: `${written} does not decide a trial's result: all its trials would be the same.`,
        remedy:
          'Sweep a key of data, model, loss, augment, optimizer, schedule, train, evaluate, trainer, or seed.',
      });
      return undefined;
    }
    const near = suggestPath(written);
    this.find('sweep-path', at, on, {
      message: `${written} is not a key of a spec.`,
      found: written,
      ...(near ? { suggestion: near.text, fix: near.sure ? near.text : undefined } : {}),
    });
    return undefined;
  }

  private axisNamed(written: string, at: Path, on: 'key' | 'value'): Axis | undefined {
    const path = parsePath(written);
    const axis = path && this.byName.get(formatPath(path));
    if (axis) return axis;
    // An axis that is itself at fault has been reported.
    if (Object.hasOwn(this.sweep.axes, written)) return undefined;
    const near = suggest(written, Object.keys(this.sweep.axes));
    this.find('sweep-no-axis', at, on, {
      message: `${written} is not an axis of this sweep.`,
      found: written,
      expected: `one of ${Object.keys(this.sweep.axes).join(', ') || 'its axes; it has none'}`,
      ...(near ? { suggestion: near.text, fix: near.sure ? near.text : undefined } : {}),
    });
    return undefined;
  }

  private find(
    code: ErrorCode,
    at: Path,
    on: 'key' | 'value',
    finding: Partial<PlacedFinding> & { message: string },
  ): void {
    this.findings.push({ code, at, on, path: formatPath(at), ...finding });
  }
}
