import { pointName, readEvents } from '../../record/index.ts';
import type { OverlaidCurve } from '../charts/overlay-chart.ts';
import { curvesOf } from '../curves.ts';
import type { SweepRecord } from './read-sweep.ts';

const LEGEND = 5; // of the best points
/** Runs whose events are read: more curves are a blot. */
const MOST = 400;

/** The objective of every trial over its epochs: those of the best points by name, all others as one crowd. Undefined without curves. */
export function overlaidObjective(
  sweep: SweepRecord,
): { title: string; metric: string; unit: string; curves: OverlaidCurve[] } | undefined {
  const { metric } = sweep.objective;
  const axes = sweep.points.map((point) => point.axes);
  let unit: 'epoch' | 'step' = 'epoch';
  const curves = sweep.points
    .flatMap((point, rank) => {
      const label = point.result && rank < LEGEND ? pointName(point.axes, axes) || 'all trials' : undefined;
      return point.trials.flatMap(({ run }) => (run ? [{ label, dir: run.dir }] : []));
    })
    .slice(0, MOST)
    .flatMap(({ label, dir }): OverlaidCurve[] => {
      const found = curvesOf({ metrics: readEvents(dir).filter((event) => event.type === 'metric') });
      const points = found.byName.get(metric) ?? [];
      if (points.length < 2) return [];
      unit = found.unit;
      return [{ ...(label === undefined ? {} : { label }), points }];
    });
  if (curves.length === 0) return undefined;
  return { title: `${metric} of all trials`, metric, unit, curves };
}
