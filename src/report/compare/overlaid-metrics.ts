import { letterOf } from '../../base/format.ts';
import { type OverlaidCurve, overlayChart } from '../charts/overlay-chart.ts';
import { curvesOf } from '../curves.ts';
import { inReadingOrder, type Side } from './compare.ts';

const MOST_PANELS = 6;
const untold = /^train\/(?:lr|images_per_second|waiting_for_data)$/;

/** The curves of the sides over one another, a panel a metric that all of them have; seeds of a side share its colour. */
export function overlaidMetrics(sides: readonly Side[]) {
  const all = sides.map(({ runs }) => runs.map((run) => curvesOf(run)));
  const names = new Set(all.flatMap((runs) => runs.flatMap(({ byName }) => [...byName.keys()])));
  const shared = [...names].filter(
    (name) => !untold.test(name) && all.every((runs) => runs.some(({ byName }) => byName.has(name))),
  );
  const loss = (name: string) => Number(!/loss$/.test(name));
  return shared
    .sort((a, b) => rank(a) - rank(b) || loss(a) - loss(b) || inReadingOrder(a, b))
    .slice(0, MOST_PANELS)
    .map((metric) => {
      const curves = all.flatMap((runs, i) =>
        runs.flatMap(({ byName }): OverlaidCurve[] => {
          const points = byName.get(metric) ?? [];
          return points.length > 0 ? [{ label: `${letterOf(i)}  ${sides[i]!.name}`, points }] : [];
        }),
      );
      const unit = all[0]![0]!.unit;
      return { title: metric, spec: overlayChart(curves, { title: metric, metric, unit }) };
    });
}

const told = ['val/combined', 'val/gender_accuracy', 'val/identity_top1', 'train/loss', 'val/loss'];
const rank = (name: string): number => (told.includes(name) ? told.indexOf(name) : told.length);
