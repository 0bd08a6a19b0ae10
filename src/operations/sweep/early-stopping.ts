import type { Board, Pruning, TrialRow, Work } from '../../orchestrator/index.ts';
import { type Event, lossesOf, type Objective, readEvents, scanRun } from '../../record/index.ts';
import type { Experiment } from '../../spec/index.ts';
import { type RuleOptions, type Series, type StoppingRule, stoppingRules } from '../../sweep/index.ts';
import type { Reporter } from '../reporter.ts';

type Sweep = NonNullable<Experiment['sweep']>;
type Growing = Series & { reports: Series['reports'][number][]; finished: boolean };

/** The stopping rule of a sweep with what its trials reported. It decides from their events alone. */
export class EarlyStopping {
  private readonly rule: StoppingRule;
  private warned = false;
  private readonly series = new Map<string, Growing>();

  constructor(
    private readonly stopping: NonNullable<Sweep['stopping']>,
    private readonly seed: number,
    private readonly objectives: readonly Objective[],
    private readonly warn: Reporter['warning'] = () => {},
  ) {
    this.rule = stoppingRules.find(({ name }) => name === stopping.rule)!;
  }

  /** What a run of before has reported. */
  found(row: TrialRow): void {
    if (row.runDir === undefined) return;
    for (const event of readEvents(row.runDir)) this.add(row, event);
    this.ended(row);
  }

  /** What a trial reports; why it is to be stopped, if it is. */
  judge(row: TrialRow, event: Event): Pruning | undefined {
    const series = this.add(row, event);
    return series && this.rule.judge(series, [...this.series.values()], this.options(row));
  }

  ended(row: TrialRow): void {
    const series = this.series.get(row.trial.id);
    const finished = row.status === 'finished' || row.status === 'linked';
    if (series) series.finished = finished;
    if (finished) this.checkReports(row, series);
  }

  /** A rule that learns of a trial only at its end stops nothing: that is said once. */
  private checkReports({ trial, metrics = {}, runDir }: TrialRow, series: Growing | undefined): void {
    const { epochs } = trial.config.train;
    if (this.warned || epochs < 2 || (series?.reports.length ?? 0) > 1) return;
    if (!this.objectives.every(({ metric }) => Object.hasOwn(metrics, metric))) return;
    // Of a trial that was to be stopped, and ended by itself before, nothing more was listened to.
    if (runDir !== undefined && this.epochsIn(runDir) > 1) return;
    this.warned = true;
    const names = this.objectives.map(({ metric }) => metric).join(', ');
    this.warn({
      code: 'stopping-once',
      message: `A trial of ${epochs} epochs wrote ${names} ${series ? 'once' : 'at its end alone'}: sweep.stopping has nothing to stop trials by.`,
    });
  }

  /** Epochs for which a run has reported all objectives. */
  private epochsIn(runDir: string): number {
    const epochs = readEvents(runDir).flatMap((event) =>
      event.type === 'metric' && this.objectives.every(({ metric }) => Object.hasOwn(event.values, metric))
        ? [event.epoch]
        : [],
    );
    return new Set(epochs).size;
  }

  /** The latest report of a trial. */
  latest(id: string): Series['reports'][number] | undefined {
    return this.series.get(id)?.reports.at(-1);
  }

  /** More to do: a pruned trial that is among the best of its rung after all; while trials run there may be one yet. */
  next(board: Board): Work | 'wait' | undefined {
    const running = ({ status }: TrialRow) => status === 'running' || status === 'retrying';
    return this.promote(board) ?? (this.promotes && board.rows.some(running) ? 'wait' : undefined);
  }

  /** The pruned trial that is to be taken up again first, if there is one. */
  promote({ rows }: Board): Work | undefined {
    const pruned = new Map(
      rows.filter(({ status }) => status === 'pruned').map((row) => [row.trial.id, row]),
    );
    const [first] = pruned.values();
    if (!first || !this.promotes) return undefined;
    const stopped = [...this.series.values()].filter(({ trial }) => pruned.has(trial));
    const [next] = this.rule.promote!(stopped, [...this.series.values()], this.options(first));
    const row = next && pruned.get(next.trial);
    if (!row) return undefined;
    row.status = 'waiting';
    const run = row.runDir === undefined ? undefined : scanRun(row.runDir);
    return { trial: row.trial, ...(run ? { run } : {}) };
  }

  private get promotes(): boolean {
    return this.stopping.promote && this.rule.promote !== undefined;
  }

  private add({ trial }: TrialRow, event: Event): Growing | undefined {
    if (event.type !== 'metric') return undefined;
    const losses = lossesOf(event.values, this.objectives);
    // Metrics of other kinds come by themselves.
    if (this.objectives.some(({ metric }) => !Object.hasOwn(event.values, metric))) return undefined;
    const series = this.series.get(trial.id) ?? {
      ...{ trial: trial.id, number: trial.point + trial.repeat, finished: false },
      reports: [],
    };
    this.series.set(trial.id, series);
    // A run that was killed and continued reports an epoch again.
    while (series.reports.length > 0 && series.reports.at(-1)!.epoch >= event.epoch) series.reports.pop();
    series.reports.push({ epoch: event.epoch, losses });
    return series;
  }

  private options({ trial }: TrialRow): RuleOptions {
    const { promote: _, rule: __, ...numbers } = this.stopping;
    return { ...numbers, epochs: trial.config.train.epochs, seed: this.seed };
  }
}
