import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { SpecError } from '../../src/spec/index.ts';
import { expandSweep } from '../../src/sweep/index.ts';
import { read } from '../support/specs.ts';
import { randomSpace, textOf, trivial } from './support/spaces.ts';

it('expands as brute force does, with zip, when, exclude, require and simplex', async (t) => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
      const { spec, expected } = randomSpace(seed);
      const resolved = await read(t, JSON.stringify(spec));
      try {
        const { trials } = expandSweep(resolved);
        const found = trials.map(({ config }) => textOf(config));
        assert.equal(new Set(found).size, found.length);
        assert.deepEqual(new Set(found), expected);
        compared++;
      } catch (error) {
        if (!(error instanceof SpecError)) throw error;
        assert.ok(
          error.problems.every(({ code }) => trivial.includes(code)),
          JSON.stringify(error.problems),
        );
      }
    }),
    { numRuns: 150, seed: 1 },
  );
  assert.ok(compared >= 50, `${compared} compared`);
});
