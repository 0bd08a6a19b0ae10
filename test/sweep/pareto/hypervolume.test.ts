import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { dominates, frontOf, frontRanks } from '../../../src/base/dominance.ts';
import { chooseByHypervolume, hypervolume, referencePoint } from '../../../src/sweep/pareto/hypervolume.ts';
import { recorded } from '../support/optuna.ts';

it("has Optuna's ranks, volumes and subsets", () => {
  for (const { points, reference, ranks, volume, count, chosen } of recorded.volumes) {
    assert.deepEqual(frontRanks(points), ranks);
    assert.deepEqual(referencePoint(points), reference);
    assert.ok(Math.abs(hypervolume(points, reference) - volume) < 1e-12 * volume);
    assert.deepEqual(new Set(chooseByHypervolume(points, count, reference)), new Set(chosen));
  }
});

const points = (objectives: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives }), {
    minLength: 1,
    maxLength: 12,
  });

it('counts the cells that are dominated', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }).chain(points), (all) => {
      const objectives = all[0]!.length;
      const reference = new Array<number>(objectives).fill(7);
      let cells = 0;
      for (let cell = 0; cell < 7 ** objectives; cell++) {
        const corner = reference.map((_, i) => Math.floor(cell / 7 ** i) % 7);
        if (all.some((point) => point.every((value, i) => value <= corner[i]!))) cells++;
      }
      assert.equal(hypervolume(all, reference), cells);
    }),
  );
});

it('ranks by what dominates what', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }).chain(points), (all) => {
      const ranks = frontRanks(all);
      for (const [i, a] of all.entries()) {
        const above = all.flatMap((b, j) => (dominates(b, a) ? [ranks[j]!] : []));
        assert.equal(ranks[i], above.length === 0 ? 0 : Math.max(...above) + 1);
      }
      assert.deepEqual(
        frontOf(all),
        [...ranks.keys()].filter((i) => ranks[i] === 0),
      );
    }),
  );
});

it('never chooses a subset that is worse than greed guarantees', () => {
  fc.assert(
    fc.property(points(2), fc.integer({ min: 1, max: 3 }), (all, count) => {
      const chosen = chooseByHypervolume(all, count, [7, 7]);
      assert.equal(new Set(chosen).size, Math.min(count, all.length));
      const found = hypervolume(
        chosen.map((i) => all[i]!),
        [7, 7],
      );
      let best = 0;
      for (const a of all)
        for (const b of all)
          for (const c of all) best = Math.max(best, hypervolume([a, b, c].slice(0, count), [7, 7]));
      assert.ok(found >= (1 - 1 / Math.E) * best);
    }),
    { numRuns: 50 },
  );
});
