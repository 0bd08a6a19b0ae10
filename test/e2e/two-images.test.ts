// What the replaced program ships as its sample: two images of two identities.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { withoutNative } from '../support/native.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

test('two images of two identities: the remedy of what cannot be divided is one with which they are trained on', {
  skip: withoutNative,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  mkdirSync(join(cwd, 'two', 'images'), { recursive: true });
  const entries = ['Male', 'Female'].map((gender, i) => ({
    filename: `p${i}.png`,
    gender,
    person_id: `id${i}`,
  }));
  writeFileSync(join(cwd, 'two', 'annotations.json'), JSON.stringify(entries));
  for (const [i, { filename }] of entries.entries())
    await sharp({ create: { width: 40, height: 40, channels: 3, background: { r: 200 * i, g: 90, b: 40 } } })
      .png()
      .toFile(join(cwd, 'two', 'images', filename));
  writeFileSync(
    join(cwd, 'two.yaml'),
    'name: two\ndata: {source: facecom, path: two, image_size: 32}\nmodel: {backbone: tiny}\ntrain: {epochs: 1}\ntracking: {mlflow: off}\n',
  );
  const refused = await facecom(['run', 'two.yaml'], { cwd });
  assert.equal(refused.exitCode, 2, refused.stderr);
  const remedy = /--set '([^']+)'/.exec(refused.stderr)?.[1];
  assert.equal(remedy, 'data.split={train: 1, validation: 0, test: 0}', refused.stderr);
  const inspected = await facecom(['data', 'inspect', 'two'], { cwd });
  assert.match(
    inspected.stdout,
    /2 images of 2 identities[\s\S]*split:\n {4}train: 1\n {4}validation: 0\n {4}test: 0/,
  );
  const run = await facecom(['run', 'two.yaml', '--set', remedy!], { cwd });
  assert.equal(run.exitCode, 0, run.stderr);
  assert.match(run.stdout, /^Best epoch: 1 of 1, by val\/combined\nRun folder: runs\/two\/[0-9a-f]+-1 /m);
});
