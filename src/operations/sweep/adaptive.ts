import type { Board, Slot, TrialRow } from '../../orchestrator/index.ts';
import { type Event, readManifest } from '../../record/index.ts';
import { Search } from '../../sweep/index.ts';
import { withAbsolutePaths } from '../absolute-paths.ts';
import type { Context } from './context.ts';
import { EarlyStopping } from './early-stopping.ts';
import { settingsOf, settingText } from './edit.ts';
import { MoreSeeds } from './more-seeds.ts';
import { Proposals } from './proposals.ts';
import { manifest, type Trials } from './trials.ts';

export type Adaptive = ReturnType<typeof openAdaptive>;

/** What decides while a sweep runs: its stopping rule, the proposals of a method that learns, and who gets more seeds. */
export function openAdaptive(context: Context, expansion: Trials) {
  const { spec, folder, runs, objective, objectives, undoing, report } = context;
  const { sweep } = spec;
  const { hashOf: dataHash, weightsHashOf: weightsHash } = expansion;
  const rule = sweep?.stopping;
  const stopping =
    sweep && rule ? new EarlyStopping(rule, sweep.seed, objectives, report.warning) : undefined;
  const absolute = { ...spec, config: withAbsolutePaths(spec.config, { cwd: context.cwd, runs }) };
  const search = Search.of(absolute, { dataHash, weightsHash });
  const before = readManifest(folder);
  if (search && before?.search)
    for (const setting of settingsOf(before.search, { ...sweep })) report.note(settingText(setting));
  const trials = () => [...(proposals?.trials ?? expansion.trials), ...(seeds?.trials ?? [])];
  const added = () => manifest(context, expansion, trials());
  const proposals =
    sweep && search
      ? new Proposals({
          ...{ sweep, search, objectives, folder, stopping, added },
          runs,
          note: report.note,
        })
      : undefined;
  if (proposals) undoing.add(() => proposals.close());
  const until = sweep?.until;
  const seeds =
    sweep && until
      ? new MoreSeeds({
          ...{ sweep, until, objective, dataHash, weightsHash, added },
          ...(proposals ? { isOver: () => proposals.isOver() } : {}),
          note: report.note,
        })
      : undefined;
  seeds?.restore(before?.trials ?? [], trials());
  return { stopping, proposals, seeds, trials };
}

/** What a stopping rule and a search decide while trials run. A pruned trial is taken up again by either; seeds are added at the end. */
export function decisionsOf({ stopping, proposals, seeds }: Adaptive, board: Board) {
  const source = {
    get halted() {
      return proposals?.halted;
    },
    next: () => (proposals ? proposals.next() : stopping?.next(board)) ?? seeds?.next(board),
  };
  return {
    ...(proposals || stopping || seeds ? { source } : {}),
    ended: (row: TrialRow, seconds: number, slot: Slot) => {
      if (proposals) proposals.ended(row, seconds, slot);
      else stopping?.ended(row);
    },
    ...(stopping ? { judge: (row: TrialRow, event: Event) => stopping.judge(row, event) } : {}),
  };
}
