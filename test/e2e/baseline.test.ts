import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutNative } from '../support/native.ts';
import { packageDir } from '../support/program.ts';
import { place, sets } from '../support/trained.ts';

// The faces of experiments/baseline.yaml, drawn at 32 pixels and trained on for six epochs, so that it takes seconds.
const reduced = ['data.image_size=32', 'train.epochs=6', 'schedule.warmup=1'];

test('the baseline learns identities and gender, and labels that are shuffled teach nothing', {
  skip: withoutNative,
}, async (t) => {
  const { facecom } = await place(t);
  const spec = join(packageDir, 'experiments/baseline.yaml');
  const train = async (...set: string[]) => {
    const { exitCode, stderr, json } = await facecom('run', spec, '--json', ...sets(...reduced, ...set));
    assert.equal(exitCode, 0, stderr);
    return json.at(-1).metrics as Record<string, number>;
  };
  const learnt = await train();
  assert.ok(learnt['test/identity_top1']! > 0.4, `identity ${learnt['test/identity_top1']}`);
  assert.ok(learnt['test/gender_accuracy']! > 0.65, `gender ${learnt['test/gender_accuracy']}`);
  // Chance is 1/24, and 0.3/2 + 0.7/24 = 0.18. A model may take all images of an identity for those of one by accident.
  const shuffled = await train('data.shuffle_labels=true');
  assert.ok(shuffled['test/identity_top1']! < 0.2, `identity ${shuffled['test/identity_top1']}`);
  assert.ok(shuffled['test/combined']! < 0.4, `combined ${shuffled['test/combined']}`);
});
