import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place, sets } from '../support/trained.ts';

const spec = join(packageDir, 'experiments/facecom.yaml');
const photographs = join(packageDir, '../shared/data/orl');
const skip = existsSync(photographs) ? withoutNative : `the photographs are not at ${photographs}`;

test('experiments/facecom.yaml learns from real photographs', { skip }, async (t) => {
  const { cwd, facecom } = await place(t);
  const { exitCode, stderr, json } = await facecom(
    ...['run', spec, '--json', ...sets(`data.path=${photographs}`, 'data.image_size=48')],
    ...sets('train.epochs=8', 'augment.policy=none', 'evaluate.conditions=[rain]', 'resources.cpus=1'),
  );
  assert.equal(exitCode, 0, stderr);
  const { dir, metrics } = json.at(-1);
  // Of forty identities; half of the epochs at a fifth of the pixels give more than half of the score.
  assert.ok(metrics['test/identity_top1'] > 0.3, `identity ${metrics['test/identity_top1']}`);
  assert.ok(metrics['test/gender_accuracy'] > 0.8, `gender ${metrics['test/gender_accuracy']}`);
  assert.ok(metrics['test/rain/combined'] > 0);
  const submission = (await readFile(resolve(cwd, dir, 'artifacts/submission.csv'), 'utf8'))
    .trim()
    .split('\n');
  assert.equal(submission.length, 81);
  assert.match(submission[1]!, /^s\d\d_\d\d\.png,(Male|Female),s\d\d,[01]\.\d+,[01]\.\d+$/);
});

test('experiments/facecom.yaml asks for data.path', async (t) => {
  const { facecom } = await place(t);
  const { exitCode, stderr } = await facecom('run', spec);
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /facecom\.yaml:\d+:\d+: error\[rule-data-path\]: .*data\.path[\s\S]*--set data\.path=/,
  );
});
