import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bracketOf, brackets } from '../../../src/sweep/stopping/hyperband.ts';
import { type RuleOptions, type Series, stoppingRules } from '../../../src/sweep/stopping/index.ts';
import { recorded } from '../support/optuna.ts';

const options: RuleOptions = { epochs: 1000, min_epochs: 1, reduction: 3, startup: 5, interval: 1, seed: 0 };

describe("Optuna's decisions", () => {
  for (const { kind, mode, asked, rule } of recorded.pruners)
    it(`are met by ${kind}, ${mode}, ${JSON.stringify(rule)}`, () => {
      const { judge } = stoppingRules.find(({ name }) => name === kind)!;
      const own = { ...options, ...rule, ...(kind === 'median' ? { min_epochs: rule.warmup! } : {}) };
      const all = new Map<
        number,
        { trial: string; number: number; reports: Series['reports'][number][]; finished: boolean }
      >();
      for (const [number, epoch, value, stopped] of asked) {
        const before = all.get(number - 1);
        // A trial whose last value is not a number has failed, and is no finished one.
        if (before?.reports.at(-1)?.epoch === 12 && !before.finished)
          before.finished = !Number.isNaN(before.reports.at(-1)!.losses[0]);
        const series = all.get(number) ?? { trial: `${number}`, number, reports: [], finished: false };
        all.set(number, series);
        series.reports.push({ epoch, losses: [(mode === 'max' ? -1 : 1) * (value ?? Number.NaN)] });
        const found = judge(series, [...all.values()], own);
        assert.equal(found !== undefined, stopped, `trial ${number}, epoch ${epoch}`);
      }
    });
});

const series = (number: number, losses: number[][]): Series => ({
  trial: `${number}`,
  number,
  reports: losses.map((own, i) => ({ epoch: i + 1, losses: own })),
  finished: false,
});

it('stops of several objectives only what is dominated', () => {
  const asha = stoppingRules[0]!;
  const others = Array.from({ length: 9 }, (_, i) => series(i, [[i, 8 - i]]));
  assert.equal(asha.judge(series(9, [[-1, 20]]), others, options), undefined);
  assert.match(
    asha.judge(series(9, [[8, 9]]), others, options)!.message,
    /best 1\/3 of 10 trials at epoch 1/,
  );
});

it('takes up a stopped trial once more have reached its rung', () => {
  const asha = stoppingRules[0]!;
  const first = [series(0, [[1]]), series(1, [[2]])];
  assert.ok(asha.judge(first[1]!, first, options));
  assert.deepEqual(asha.promote!([first[1]!], first, options), []);
  const more = [...first, ...[3, 4, 5, 6].map((loss, i) => series(i + 2, [[loss]]))];
  assert.deepEqual(asha.promote!([first[1]!], more, options), [first[1]]);
});

it('never stops the best, and never at the last epoch', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 }),
      fc.constantFrom(...stoppingRules),
      (values, rule) => {
        const all = values.map((value, i) => ({ ...series(i, [[value], [value]]), finished: i % 2 === 0 }));
        const best = all[values.indexOf(Math.min(...values))]!;
        assert.equal(rule.judge(best, all, options), undefined);
        for (const one of all)
          assert.equal(rule.judge(one, all, { ...options, epochs: 2, min_epochs: 2 }), undefined);
      },
    ),
  );
});

it("has Hyperband's brackets, and divides trials among them as they are to be", () => {
  const own = { ...options, epochs: 81 };
  assert.deepEqual(brackets(own), [81, 34, 15, 8, 5]);
  const counts = [0, 0, 0, 0, 0];
  for (let number = 0; number < 14_300; number++) counts[bracketOf({ number }, own)]!++;
  for (const [i, share] of [81, 34, 15, 8, 5].entries())
    assert.ok(Math.abs(counts[i]! - share * 100) < share * 15 + 100);
});
