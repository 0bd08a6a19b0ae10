import { hash } from '../../base/random.ts';
import type { RuleOptions, Series, StoppingRule } from './rule.ts';
import { judgeAtRungs, promotableAtRungs, rungsOf } from './rungs.ts';

/**
 * Hyperband (Li et al., 2018): brackets of successive halving, each with one rung fewer at the start, so that what begins slowly has a
 * chance. Trials compete within their bracket, which their number decides.
 */
export const hyperband: StoppingRule = {
  name: 'hyperband',
  judge(own, others, options) {
    const bracket = bracketOf(own, options);
    return judgeAtRungs(own, within(others, bracket, options), rungsOf(options, bracket), options);
  },
  promote(stopped, all, options) {
    return brackets(options).flatMap((_, bracket) =>
      promotableAtRungs(
        within(stopped, bracket, options),
        within(all, bracket, options),
        rungsOf(options, bracket),
        options,
      ),
    );
  },
};

/** The shares of trials of the brackets: ⌈count · reduction^s / (s + 1)⌉, s rungs to halve at. */
export function brackets({ epochs, min_epochs, reduction }: RuleOptions): number[] {
  const most = Math.max(0, Math.floor(Math.log(epochs / min_epochs) / Math.log(reduction) + 1e-9));
  return Array.from({ length: most + 1 }, (_, bracket) => {
    const s = most - bracket;
    return Math.ceil(((most + 1) * reduction ** s) / (s + 1));
  });
}

export function bracketOf({ number }: Pick<Series, 'number'>, options: RuleOptions): number {
  const shares = brackets(options);
  const total = shares.reduce((a, b) => a + b, 0);
  let place = (hash(options.seed, ['hyperband', number]) >>> 0) % total;
  return shares.findIndex((share) => {
    place -= share;
    return place < 0;
  });
}

const within = (all: readonly Series[], bracket: number, options: RuleOptions): Series[] =>
  all.filter((series) => bracketOf(series, options) === bracket);
