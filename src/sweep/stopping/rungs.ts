import { dominates, frontRanks, type Losses } from '../../base/dominance.ts';
import { notANumber, type RuleOptions, type Series, type Stop } from './rule.ts';

/** Epochs of the rungs: min, min × reduction, … below the last epoch. `skipped`: of a bracket, the rungs that it has not. */
export function rungsOf({ epochs, min_epochs, reduction }: RuleOptions, skipped = 0): number[] {
  const rungs: number[] = [];
  for (let epoch = min_epochs * reduction ** skipped; epoch < epochs; epoch *= reduction) rungs.push(epoch);
  return rungs;
}

/** What a trial was at a rung: its first report from there on; undefined if it did not come that far or was not a number. */
export function lossesAt({ reports }: Series, rung: number): Losses | undefined {
  const losses = reports.find(({ epoch }) => epoch >= rung)?.losses;
  return losses && !notANumber(losses) ? losses : undefined;
}

/** Whether a trial is among the best 1/reduction of a rung, or, while there are fewer than that, the best. */
export function goesOn(own: Losses, all: readonly Losses[], reduction: number): boolean {
  const kept = Math.max(1, Math.floor(all.length / reduction));
  if (own.length === 1) return all.filter(([loss]) => loss! < own[0]!).length < kept;
  // Several objectives: only what is dominated is stopped.
  if (!all.some((other) => dominates(other, own))) return true;
  const ranks = frontRanks([...all, own]);
  const rank = ranks.at(-1)!;
  return ranks.slice(0, -1).filter((other) => other < rank).length < kept;
}

/** Successive halving at the rungs that a trial's latest report reached. */
export function judgeAtRungs(
  own: Series,
  others: readonly Series[],
  rungs: readonly number[],
  { reduction }: RuleOptions,
): Stop | undefined {
  const latest = own.reports.at(-1);
  if (!latest) return undefined;
  const before = own.reports.at(-2)?.epoch ?? 0;
  for (const rung of rungs.filter((epoch) => epoch > before && epoch <= latest.epoch)) {
    if (notANumber(latest.losses))
      return { epoch: latest.epoch, message: `Its objective is not a number at epoch ${latest.epoch}.` };
    const rivals = competing(own, others, rung);
    if (goesOn(latest.losses, [...rivals, latest.losses], reduction)) continue;
    return {
      epoch: latest.epoch,
      message: `Not among the best 1/${reduction} of ${rivals.length + 1} trials at epoch ${rung}.`,
    };
  }
  return undefined;
}

/** Stopped trials that are among the best of the rung where they were stopped now that more have reached it, the furthest first. */
export function promotableAtRungs(
  stopped: readonly Series[],
  all: readonly Series[],
  rungs: readonly number[],
  { reduction }: RuleOptions,
): Series[] {
  const reached = (series: Series) =>
    rungs.findLast((rung) => (series.reports.at(-1)?.epoch ?? 0) >= rung && lossesAt(series, rung));
  return stopped
    .filter((series) => {
      const rung = reached(series);
      if (rung === undefined) return false;
      const own = lossesAt(series, rung)!;
      const every = [...competing(series, all, rung), own];
      // A rung with too few to choose from promotes nobody.
      return every.length >= reduction && goesOn(own, every, reduction);
    })
    .sort((a, b) => reached(b)! - reached(a)! || a.number - b.number);
}

function competing(own: Series, others: readonly Series[], rung: number): Losses[] {
  return others
    .filter(({ trial }) => trial !== own.trial)
    .map((series) => lossesAt(series, rung))
    .filter((losses) => losses !== undefined);
}
