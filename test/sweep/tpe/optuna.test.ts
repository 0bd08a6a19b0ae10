import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { logMass, truncatedQuantile } from '../../../src/base/normal.ts';
import { acquisition, densitiesOf } from '../../../src/sweep/tpe/candidates.ts';
import { split } from '../../../src/sweep/tpe/split.ts';
import { recorded } from '../support/optuna.ts';

const near = (found: number, expected: number, tolerance: number, what: string) =>
  assert.ok(
    Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${found}, not ${expected}`,
  );

describe("Optuna's TPE on recorded histories", () => {
  for (const { name, groups, good, ...study } of recorded.cases) {
    it(`is met on ${name}`, () => {
      const numbers = split(study.observations, study.objectives).good.map(({ number }) => number);
      assert.deepEqual(numbers, good);
      const densities = densitiesOf(study);
      assert.deepEqual(
        densities.map(({ group }) => group),
        groups.map(({ coordinates }) => coordinates),
      );
      for (const [g, expected] of groups.entries()) {
        const { good: l, others } = densities[g]!;
        const found = {
          good: l.logDensity(expected.candidates),
          others: others.logDensity(expected.candidates),
        };
        for (const side of ['good', 'others'] as const)
          for (const [i, value] of expected[side].entries())
            near(found[side][i]!, value, 1e-9, `${side} density of candidate ${i} of group ${g}`);
        const scores = acquisition(densities[g]!, expected.candidates);
        assert.equal(scores.indexOf(Math.max(...scores)), expected.pick);
      }
    });
  }
});

it("has SciPy's masses and quantiles of truncated normals, as Optuna has them", () => {
  for (const { a, b, mass, quantiles } of recorded.masses) {
    near(logMass(a, b), mass, 1e-11, `log mass of [${a}, ${b}]`);
    for (const [q, z] of quantiles)
      near(truncatedQuantile(q, a, b), z, 1e-7, `quantile ${q} of [${a}, ${b}]`);
  }
});
