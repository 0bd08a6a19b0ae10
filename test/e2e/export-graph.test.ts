import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import sharp from 'sharp';
import { Random } from '../../src/base/random.ts';
import { openTrained, readBest } from '../../src/trainer/index.ts';
import { withoutNative } from '../support/native.ts';
import { testPython, withoutPackage } from '../support/python.ts';
import { trainedTiny } from '../support/trained.ts';

const BATCH = 3;
const SIDE = 32;

/** Reads images, runs the model on them and prints its outputs as JSON. */
const onnxruntime = `
import json, numpy, onnxruntime, sys
images = numpy.fromfile(sys.argv[2], numpy.uint8).reshape(${BATCH}, ${SIDE}, ${SIDE}, 3)
session = onnxruntime.InferenceSession(sys.argv[1])
names = [output.name for output in session.get_outputs()]
print(json.dumps({name: value.ravel().tolist() for name, value in zip(names, session.run(None, {"images": images}))}))
`;
const tensorflow = `
import json, numpy, sys, tensorflow
images = numpy.fromfile(sys.argv[2], numpy.uint8).reshape(${BATCH}, ${SIDE}, ${SIDE}, 3)
run = tensorflow.saved_model.load(sys.argv[1]).signatures["serving_default"]
print(json.dumps({name: value.numpy().ravel().tolist() for name, value in run(images=tensorflow.constant(images)).items()}))
`;

const torch = `
import json, numpy, os, sys, torch
sys.path.insert(0, os.path.dirname(sys.argv[1]))
from load import load
images = torch.from_numpy(numpy.fromfile(sys.argv[2], numpy.uint8)).view(${BATCH}, ${SIDE}, ${SIDE}, 3)
model, card = load(os.path.dirname(sys.argv[1]))
with torch.no_grad():
    print(json.dumps({name: value.ravel().tolist() for name, value in model(images).items()}))
`;

/** Trains, exports, and compares what another library makes of the model with what facecom does. */
async function compare(
  t: TestContext,
  format: string,
  path: string,
  script: string,
): Promise<{ cwd: string }> {
  const heads = 'model.heads.identity={embedding: 16, loss: arcface, neck: bnneck}';
  const { cwd, facecom, run } = await trainedTiny(t, 'model.backbone=resnet18', heads, 'train.epochs=1');
  const exported = await facecom('export', run.dir, '--format', format, '--batch', String(BATCH), '--json');
  assert.equal(exported.exitCode, 0, exported.stderr);
  assert.ok(
    exported.json[0].files.some((file: string) => file.startsWith(path)),
    JSON.stringify(exported.json),
  );
  const random = new Random(1, 'images');
  const images = Uint8Array.from({ length: BATCH * SIDE * SIDE * 3 }, () => random.uniform(0, 256));
  writeFileSync(join(cwd, 'images.bin'), images);
  const { stdout } = await execa(
    testPython,
    ['-c', script, join(cwd, 'export', path), join(cwd, 'images.bin')],
    {
      env: { TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '-1' },
    },
  );
  const found = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number[]>;
  const learner = await openTrained(await readBest(run.dir));
  try {
    const expected = await learner.evaluate({ images, size: BATCH });
    for (const name of ['gender', 'identity', 'embedding'] as const) {
      assert.equal(found[name]!.length, expected[name]!.length, name);
      for (const [i, value] of expected[name]!.entries())
        assert.ok(Math.abs(value - found[name]![i]!) <= 1e-4 * Math.max(1, Math.abs(value)), `${name}[${i}]`);
    }
  } finally {
    learner.dispose();
  }
  return { cwd };
}

test(
  'onnxruntime computes what the run computes',
  { skip: withoutNative || withoutPackage('onnxruntime') },
  async (t) => void (await compare(t, 'onnx', 'model.onnx', onnxruntime)),
);

test(
  'tf.saved_model.load computes what the run computes',
  { skip: withoutNative || withoutPackage('tensorflow') },
  async (t) => void (await compare(t, 'savedmodel', 'saved_model', tensorflow)),
);

test('load.py computes in PyTorch what the run computes, and answers for an image', {
  skip: withoutNative || withoutPackage('torchvision'),
}, async (t) => {
  const { cwd } = await compare(t, 'safetensors', 'load.py', torch);
  const image = join(cwd, 'a.png');
  await sharp({ create: { width: 50, height: 40, channels: 4, background: '#80a0c080' } })
    .png()
    .toFile(image);
  const { stdout } = await execa(testPython, [join(cwd, 'export', 'load.py'), image]);
  const answer = JSON.parse(stdout);
  assert.equal(answer.file, image);
  assert.ok(['Male', 'Female'].includes(answer.gender) && answer.p_identity > 0, stdout);
});

test('a SavedModel says what it is, and holds the weights', { skip: withoutNative }, async (t) => {
  const { cwd, facecom, run } = await trainedTiny(t, 'model.backbone=tiny', 'train.epochs=1');
  const exported = await facecom('export', run.dir, '--format', 'savedmodel', '--json');
  assert.equal(exported.exitCode, 0, exported.stderr);
  const model = readFileSync(join(cwd, 'export', 'saved_model/saved_model.pb'));
  for (const text of [
    'serving_default',
    'tensorflow/serving/predict',
    'images',
    'embedding',
    'Conv2D',
    'serve',
  ])
    assert.ok(model.includes(text), text);
  assert.ok(model.length > exported.json[0].values * 4 * 0.9);
  const refused = await facecom('export', run.dir, '--format', 'pickle', '--out', 'other', '--json');
  assert.equal(refused.exitCode, 2);
  assert.equal(refused.json[0].error.code, 'option-value');
});
