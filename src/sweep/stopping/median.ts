import { dominates, type Losses } from '../../base/dominance.ts';
import type { Series, StoppingRule } from './rule.ts';

/** The median rule (Golovin et al., Google Vizier, 2017): stops a trial whose best is worse than the median of the finished ones by then. */
export const median: StoppingRule = {
  name: 'median',
  judge(own, others, { epochs, min_epochs, startup, interval }) {
    const latest = own.reports.at(-1);
    const finished = others.filter((series) => series.finished && series.trial !== own.trial);
    if (!latest || finished.length < Math.max(1, startup)) return undefined;
    const { epoch } = latest;
    if (epoch < min_epochs || epoch >= epochs || !isLook(own, min_epochs, interval)) return undefined;
    const best = bestOf(own.reports.map(({ losses }) => losses));
    if (best.some(Number.isNaN))
      return { epoch, message: `Its objective is not a number at epoch ${epoch}.` };
    const then = finished.flatMap(({ reports }) => {
      const report = reports.find((one) => one.epoch === epoch);
      return report ? [report.losses] : [];
    });
    if (then.length === 0) return undefined;
    const middle = best.map((_, i) => medianOf(then.map((losses) => losses[i]!)));
    if (middle.some(Number.isNaN) || !dominates(middle, best)) return undefined;
    return { epoch, message: `Worse than the median of ${then.length} finished trials at epoch ${epoch}.` };
  },
};

/** Whether this report is the first since the last epoch that is to be looked at. */
function isLook({ reports }: Series, first: number, interval: number): boolean {
  const { epoch } = reports.at(-1)!;
  const due = Math.floor((epoch - first) / interval) * interval + first;
  return (reports.at(-2)?.epoch ?? -1) < due;
}

/** Of each loss the best that is a number. */
function bestOf(all: readonly Losses[]): number[] {
  return all[0]!.map((_, i) => {
    const numbers = all.map((losses) => losses[i]!).filter((loss) => !Number.isNaN(loss));
    return numbers.length === 0 ? Number.NaN : Math.min(...numbers);
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return sorted.length === 0 ? Number.NaN : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
