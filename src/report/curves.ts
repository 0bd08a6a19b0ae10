import { isRecord } from '../base/objects.ts';
import { defaultObjective, type Objective, type RunRecord } from '../record/index.ts';

export interface Point {
  /** Epochs, or steps where the trainer counts no epochs. */
  x: number;
  /** May be NaN or infinite. */
  y: number;
}

export interface Curves {
  /** What x counts. */
  unit: 'epoch' | 'step';
  /** By the metric's name, x ascending. The last value of an x counts. Metrics under `test/` are no curves. */
  byName: Map<string, Point[]>;
}

export function curvesOf({ metrics }: Pick<RunRecord, 'metrics'>): Curves {
  const unit = metrics.some(({ epoch }) => epoch > 0) ? 'epoch' : 'step';
  const found = new Map<string, Map<number, number>>();
  for (const event of metrics) {
    const x = Number(event[unit]);
    if (!Number.isFinite(x)) continue;
    for (const [name, y] of Object.entries(event.values)) {
      if (name.startsWith('test/')) continue;
      const points = found.get(name) ?? new Map<number, number>();
      found.set(name, points.set(x, y));
    }
  }
  const byName = new Map(
    [...found].map(([name, points]) => [
      name,
      [...points].map(([x, y]) => ({ x, y })).sort((a, b) => a.x - b.x),
    ]),
  );
  return { unit, byName };
}

/** What the run is judged by: train.early_stopping, else val/combined where it is measured. */
export function monitorOf({ config }: Pick<RunRecord, 'config'>): Objective {
  const stopping: unknown = config.train?.early_stopping;
  const { monitor, mode } = isRecord(stopping) ? stopping : {};
  const metric = typeof monitor === 'string' ? monitor : defaultObjective.metric;
  return { metric, mode: mode === 'min' ? 'min' : 'max' };
}

/** The point whose value is the best, the first of equals; undefined if none is finite. */
export function bestPoint(points: readonly Point[] = [], mode: 'max' | 'min'): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (!Number.isFinite(point.y)) continue;
    if (!best || (mode === 'max' ? point.y > best.y : point.y < best.y)) best = point;
  }
  return best;
}

/** At most about `limit` points: of each stretch the first, the least, the greatest and what is no number. */
export function thin(points: readonly Point[], limit = 2000): readonly Point[] {
  if (points.length <= limit) return points;
  const size = Math.ceil((points.length * 3) / limit);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const stretch = points.slice(start, start + size);
    const picked = [stretch[0], bestPoint(stretch, 'min'), bestPoint(stretch, 'max')];
    picked.push(stretch.find(({ y }) => !Number.isFinite(y)));
    kept.push(...stretch.filter((point) => picked.includes(point)));
  }
  return kept;
}
