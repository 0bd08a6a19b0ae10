import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { expandTrials } from '../../src/operations/expand-trials.ts';
import { packageDir } from '../support/program.ts';
import { read } from '../support/specs.ts';

const pictures = resolve(packageDir, '../shared/data/orl');
const skip = existsSync(join(pictures, 'annotations.json')) ? false : 'the ORL photographs are not here';

const ids = async (t: Parameters<typeof read>[0], text: string, cwd?: string) =>
  (await expandTrials(await read(t, text), { cwd })).trials.map(({ id }) => id);

it('gives the same ids whatever folder a relative path is read from', { skip }, async (t) => {
  const spec = (path: string) =>
    `name: a\ndata: {source: facecom, path: ${path}, cache: false}\nsweep: {axes: {train.epochs: [1, 2]}}\n`;
  const relative = await ids(t, spec('orl'), join(pictures, '..'));
  assert.deepEqual(await ids(t, spec(pictures)), relative);
  const { hashOf, trials } = await expandTrials(await read(t, spec('orl')), { cwd: join(pictures, '..') });
  assert.match(hashOf(trials[0]!.config)!, /^[0-9a-f]{64}$/);
});

it('surveys each data set of a sweep over data, and refuses a split that cannot be made', async (t) => {
  const text = (split: string) =>
    `name: a\ndata: {synthetic: {identities: 2, images_per_identity: 3}, split: ${split}}\nsweep: {axes: {data.synthetic.seed: [1, 2]}}\n`;
  const { trials, hashOf } = await expandTrials(await read(t, text('{}')));
  assert.equal(new Set(trials.map(({ config }) => hashOf(config))).size, 2);
  await assert.rejects(expandTrials(await read(t, text('{train: 0.99, validation: 0.005, test: 0.005}'))), {
    code: 'data-split',
  });
});

it('has no hash for a trainer of another make, which reads its own data', async (t) => {
  const spec = await read(t, 'name: a\ntrainer: {command: [python3, train.py]}\n');
  const { trials, hashOf } = await expandTrials(spec);
  assert.equal(hashOf(trials[0]!.config), undefined);
});
