import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { normalQuantile } from '../../src/base/statistics.ts';
import { distributions } from '../../src/sweep/distributions/index.ts';
import { sobolPoint } from '../../src/sweep/samplers/sobol.ts';
import { compositions } from '../../src/sweep/simplex.ts';
import { expand } from '../support/specs.ts';

const { points } = JSON.parse(
  readFileSync(new URL('../fixtures/sobol/scipy.json', import.meta.url), 'utf8'),
) as { points: Array<[number, number[]]> };

it("gives SciPy's Sobol points in 64 dimensions", () => {
  for (const [index, expected] of points) {
    const found = sobolPoint(64, index);
    for (const [i, value] of expected.entries())
      assert.ok(Math.abs(found[i]! - value) < 2 ** -30, `point ${index}, dimension ${i}`);
  }
});

it('fills a space more evenly with Sobol than at random', async (t) => {
  const cells = async (method: string) => {
    const { trials } = await expand(
      t,
      `name: a\nsweep: {method: ${method}, trials: 64, axes: {loss.alpha: {uniform: [0, 1]}, loss.label_smoothing: {uniform: [0, 0.8]}}}\n`,
    );
    return new Set(
      trials.map(
        ({ axes }) =>
          `${Math.floor(Number(axes['loss.alpha']) * 8)} ${Math.floor(Number(axes['loss.label_smoothing']) * 10)}`,
      ),
    ).size;
  };
  assert.equal(await cells('sobol'), 64);
  assert.ok((await cells('random')) < 60);
});

it('draws from the distribution that is named', () => {
  const draw = (key: string, parameters: number[], step?: number) => {
    const values = distributions.find((one) => one.key === key)!.values(parameters, step);
    assert.notEqual(typeof values, 'string');
    return (u: number) => (values as { at(u: number): number }).at(u);
  };
  assert.equal(draw('uniform', [2, 4])(0.25), 2.5);
  assert.ok(Math.abs(draw('log_uniform', [0.0001, 1])(0.5) - 0.01) < 1e-12);
  assert.ok(Math.abs(draw('log_uniform', [0.1, 1])(0) - 0.1) < 1e-15);
  assert.deepEqual([0, 0.34, 0.67, 0.999].map(draw('int', [1, 3])), [1, 2, 3, 3]);
  assert.equal(draw('uniform', [0, 1], 0.25)(0.9999), 1);
  assert.ok(Math.abs(draw('normal', [1, 2])(0.975) - (1 + 2 * 1.959963984540054)) < 1e-6);
  assert.equal(draw('normal', [0, 1], 0.5)(0.6), 0.5);
});

it('has the quantiles of the normal distribution', () => {
  // scipy.stats.norm.ppf
  for (const [p, z] of [
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.001, -3.090232306167813],
    [1e-9, -5.9978070150076865],
  ] as const)
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-8 * Math.max(1, Math.abs(z)), `${p}`);
});

it('draws a simplex whose weights add up and are spread evenly', async (t) => {
  const { trials } = await expand(
    t,
    'name: a\nsweep: {method: random, trials: 500, simplex: {paths: [loss.alpha, loss.beta]}}\n',
  );
  let sum = 0;
  for (const { axes } of trials) {
    const [a, b] = [Number(axes['loss.alpha']), Number(axes['loss.beta'])];
    assert.ok(Math.abs(a + b - 1) < 1e-15 && a >= 0 && b >= 0);
    sum += a;
  }
  assert.ok(Math.abs(sum / 500 - 0.5) < 0.05);
});

it('lists compositions', () => {
  assert.deepEqual(compositions(2, 2), [
    [0, 2],
    [1, 1],
    [2, 0],
  ]);
  assert.equal(compositions(10, 3).length, 66);
});
