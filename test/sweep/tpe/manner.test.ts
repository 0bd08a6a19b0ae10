import assert from 'node:assert/strict';
import { it } from 'node:test';
import { densitiesOf, type Study } from '../../../src/sweep/tpe/candidates.ts';
import { optuna, single } from '../../../src/sweep/tpe/manner.ts';

/** Twenty points that have x alone, and twenty worse ones that have y, best at 0.8, as well. */
const study: Study = {
  objectives: 1,
  coordinates: [
    { kind: 'number', low: 0, high: 1 },
    { kind: 'number', low: 0, high: 1 },
  ],
  observations: Array.from({ length: 40 }, (_, number) => {
    const y = (number % 20) / 20;
    return number < 20
      ? { number, at: Float64Array.of(0.5 + number / 2000, Number.NaN), state: 'finished', losses: [number] }
      : { number, at: Float64Array.of(0.9, y), state: 'finished', losses: [1000 + Math.abs(y - 0.8)] };
  }),
};

const logDensity = (manner: typeof single, group: number, value: number) =>
  densitiesOf(study, manner)
    .find((densities) => densities.group[0] === group)!
    .good.logDensity([[value]])[0]!;

it('closes in on points that lie close together, more than Optuna', () => {
  assert.ok(logDensity(single, 0, 0.501) > logDensity(optuna, 0, 0.501) + 0.5);
  assert.ok(logDensity(single, 0, 0.1) < logDensity(optuna, 0, 0.1));
});

it('knows what is good in a branch that is worse than another', () => {
  // None of it is among the best of all: the prior is left.
  assert.ok(Math.abs(logDensity(optuna, 1, 0.8) - logDensity(optuna, 1, 0.2)) < 0.1);
  assert.ok(logDensity(single, 1, 0.8) > logDensity(single, 1, 0.2) + 1);
});
