import { isRecord } from '../base/objects.ts';
import type { RunRecord } from '../record/index.ts';
import type { Curves } from './curves.ts';

/** Before a part's pattern: the name of its curve. */
export const PART_RATE = 'train/lr of ';

/** The curves with one for each part that `optimizer.rates` gives a learning rate of its own: the rate times its factor. */
export function withRates(curves: Curves, { config }: Pick<RunRecord, 'config'>): Curves {
  const rate = curves.byName.get('train/lr');
  const rates: unknown = isRecord(config.optimizer) ? config.optimizer.rates : undefined;
  if (!rate || !isRecord(rates)) return curves;
  const byName = new Map(curves.byName);
  for (const [pattern, factor] of Object.entries(rates))
    if (typeof factor === 'number' && Number.isFinite(factor))
      byName.set(
        `${PART_RATE}${pattern}`,
        rate.map(({ x, y }) => ({ x, y: y * factor })),
      );
  return { ...curves, byName };
}
