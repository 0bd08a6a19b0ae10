import { resolve } from 'node:path';
import {
  Board,
  endOrphan,
  endStraysUnder,
  linkRun,
  planSweep,
  type SweepPlan,
} from '../../orchestrator/index.ts';
import type { Adaptive } from './adaptive.ts';
import type { Context } from './context.ts';
import type { EarlyStopping } from './early-stopping.ts';
import { plannedTrials } from './search-outlook.ts';
import { manifest, type Trials } from './trials.ts';

/** Ends what an orchestrator that was killed left behind, and finds what is finished. Writes the manifest. */
export async function compareWithRecord(context: Context, expansion: Trials, adaptive: Adaptive) {
  const { runs, name, folder, objective } = context;
  const { stopping, proposals } = adaptive;
  const trials = adaptive.trials();
  await endStraysUnder(resolve(folder));
  const plan = planSweep(trials, { ...context, runs, name, objective, stopping: stopping !== undefined });
  for (const { run } of plan.work) if (run?.status === 'running') await endOrphan(run);
  const board = new Board(trials, objective, toCome(context, expansion, proposals));
  for (const [id, run] of plan.kept) board.found(id, run, 'finished');
  for (const [id, run] of plan.linked) board.found(id, run, 'linked');
  for (const [id, run] of plan.failed) board.found(id, run, 'failed');
  for (const run of plan.linked.values()) linkRun(runs, name, run);
  for (const [id, run] of plan.pruned) board.found(id, run, 'pruned');
  manifest(context, expansion, trials);
  compareReports(board, plan, stopping);
  proposals?.compare(board);
  return { board, plan };
}

/** Trials that there will be in all, if more than are known; infinitely many of a search that its time alone ends. */
function toCome({ spec: { sweep } }: Context, expansion: Trials, proposals: Adaptive['proposals']): number {
  return sweep && proposals ? (plannedTrials(sweep, expansion) ?? Number.POSITIVE_INFINITY) : 0;
}

/** A stopping rule knows what all trials have reported, those that continue, too. */
function compareReports(board: Board, plan: SweepPlan, stopping: EarlyStopping | undefined): void {
  if (!stopping) return;
  for (const { run, trial } of plan.work)
    if (run) stopping.found({ ...board.row(trial.id), runDir: run.dir });
  for (const row of board.rows) if (row.status !== 'waiting') stopping.found(row);
}
