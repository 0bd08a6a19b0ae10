import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutNative } from '../support/native.ts';
import { place, sets, tiny } from '../support/trained.ts';

test('a search over trainings of the built-in trainer: it tells its space, and leaves nothing to do', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  const sweep = {
    ...{ method: 'tpe', trials: 3, stopping: { rule: 'asha', min_epochs: 1 } },
    axes: { 'optimizer.lr': { log_uniform: [1e-6, 0.01] } },
    simplex: { paths: ['loss.alpha', 'loss.beta'] },
  };
  writeFileSync(join(cwd, 'tiny.yaml'), `${readFileSync(tiny, 'utf8')}sweep: ${JSON.stringify(sweep)}\n`);
  const set = sets('train.epochs=2', 'model.backbone=tiny');
  const run = (...args: string[]) => facecom('sweep', 'tiny.yaml', ...set, '--json', ...args);
  const { json, stderr, exitCode } = await run('--max-parallel', '1');
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /Checkpoints of 3 trials take about/);
  const { finished, pruned } = json.at(-1);
  assert.equal(finished + pruned, 3);
  // Everything is there: what is left of it is nothing.
  const again = await run('--max-parallel', '1');
  assert.equal(again.json.at(-1).skipped, finished, again.stderr);
  assert.doesNotMatch(again.stderr, /Checkpoints of/);
});
