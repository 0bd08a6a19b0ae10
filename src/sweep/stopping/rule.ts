import type { Losses } from '../../base/dominance.ts';

/** What a trial reported of the objectives, lower is better, in the order of its epochs. */
export interface Series {
  trial: string;
  /** In the order in which the sweep made its trials, from 0. */
  number: number;
  reports: ReadonlyArray<{ epoch: number; losses: Losses }>;
  finished: boolean;
}

/** Why a trial is stopped, as the record says it. */
export interface Stop {
  epoch: number;
  message: string;
}

export interface RuleOptions {
  /** Epochs of a trial that nothing stops. */
  epochs: number;
  /** First epoch at which a trial may be stopped. */
  min_epochs: number;
  /** One of so many continues. */
  reduction: number;
  /** Finished trials before anything is stopped; of the median. */
  startup: number;
  /** Epochs between two looks; of the median. */
  interval: number;
  seed: number;
}

/** One way to stop trials early: `rule` in the spec. A pure function of what was reported so far. */
export interface StoppingRule {
  name: 'asha' | 'hyperband' | 'median';
  /** Whether a trial is stopped at its latest report. `others` may contain the trial itself, which is passed over. */
  judge(own: Series, others: readonly Series[], options: RuleOptions): Stop | undefined;
  /** Those of the stopped trials that would continue by now, the furthest first; a rule without this never takes one up again. */
  promote?(stopped: readonly Series[], all: readonly Series[], options: RuleOptions): Series[];
}

export const notANumber = (losses: Losses): boolean => losses.some((loss) => Number.isNaN(loss));
