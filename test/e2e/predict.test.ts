import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutNative } from '../support/native.ts';
import { trainedTiny } from '../support/trained.ts';

test('predict says of files what the run said of the same images; others continue where one is broken', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, run, facecom } = await trainedTiny(t);
  const submission = (await readFile(join(run.dir, 'artifacts/submission.csv'), 'utf8')).trim().split('\n');
  await facecom(
    ...['data', 'synth', 'faces', '--identities', '4', '--images', '8', '--size', '32', '--conditions', '0'],
  );
  // The images of the test side, as files.
  const names = submission.slice(1).map((line) => line.split(',')[0]!);
  await mkdir(join(cwd, 'test'));
  for (const name of names) await copyFile(join(cwd, 'faces/images', name), join(cwd, 'test', name));
  const whole = await facecom('predict', run.run, 'test', '--out', 'submission.csv');
  assert.equal(whole.exitCode, 0, whole.stderr);
  assert.match(whole.stdout, new RegExp(`^${names.length} images in submission\\.csv$`));
  const lines = (await readFile(join(cwd, 'submission.csv'), 'utf8')).trim().split('\n');
  assert.equal(lines[0], submission[0]);
  const labels = (line: string) => line.split(',').slice(0, 3).join();
  assert.deepEqual(lines.map(labels).sort(), submission.map(labels).sort());

  await writeFile(join(cwd, 'test/a.jpg'), 'no image');
  await writeFile(join(cwd, 'test/notes.txt'), 'passed over');
  const broken = await facecom('predict', 'last', 'test', '--json');
  assert.equal(broken.exitCode, 3);
  assert.equal(broken.json.length, names.length + 2);
  const summary = broken.json.at(-1);
  assert.deepEqual([summary.pictures, summary.failed], [names.length, 1]);
  const [faulty] = broken.json.filter(({ error }) => error);
  assert.deepEqual([faulty.filename, faulty.error.code], ['a.jpg', 'data-picture-corrupt']);
  assert.match(broken.stderr, /1 of \d+ images could not be decoded/);

  const one = await facecom('predict', 'last', join('test', names[0]!), 'test/a.jpg');
  // No line of the library's in front of the answer.
  assert.doesNotMatch(one.stderr, /absl|oneDNN|port\.cc/);
  assert.equal(one.exitCode, 3);
  const [head, row, ...rest] = one.stdout.trim().split('\n');
  assert.deepEqual([head, rest.length], [submission[0], 0]);
  assert.ok(row!.startsWith(`${join('test', names[0]!)},`));
  assert.match(one.stderr, /error\[data-picture-corrupt\]: .*a\.jpg/);

  const none = await facecom('predict', 'last', 'test/a.jpg', '--out', 'none.csv');
  assert.equal(none.exitCode, 1);
  assert.ok(!(await readdir(cwd)).includes('none.csv'));
  const unwritable = await facecom('predict', 'last', 'test', '--out', 'lost/folder.csv');
  assert.equal(unwritable.exitCode, 2);
  assert.match(unwritable.stderr, /error\[predict-unwritable\]/);

  const exported = await facecom('export', 'last', '--out', 'model', '--json');
  assert.equal(exported.exitCode, 0, exported.stderr);
  const card = JSON.parse(await readFile(join(cwd, 'model/model.json'), 'utf8'));
  assert.deepEqual(card.outputs.identity.classes, ['p0000', 'p0001', 'p0002', 'p0003']);
  assert.deepEqual([card.input.size, card.architecture.backbone], [32, 'resnet18']);
  const bytes = await readFile(join(cwd, 'model/model.safetensors'));
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
  assert.deepEqual(header['conv1.weight'].shape, [64, 3, 7, 7]);
  const again = await facecom('export', 'last', '--out', 'model');
  assert.equal(again.exitCode, 2);
  assert.match(again.stderr, /error\[data-folder-not-empty\]/);
});
