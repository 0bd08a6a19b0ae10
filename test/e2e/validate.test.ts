import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { facecom } from '../support/program.ts';
import { folderWith } from '../support/specs.ts';

const broken = `name: a
train: {epoch: 3}
model:
  backbone: resnet81
sweep:
  axes: {optimizr.lr: [0.1]}
`;

it('says every problem with its place, as text', async (t) => {
  const cwd = await folderWith(t, { 'bad.yaml': broken });
  const { exitCode, stdout, stderr } = await facecom(['validate', 'bad.yaml'], { cwd });
  assert.equal(exitCode, 2);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^bad\.yaml:2:9: error\[spec-unknown-key\]: train has no key epoch\.\n {4}1 \| name: a\n {2}> 2 \| train: \{epoch: 3\}\n {6}\| {9}\^{5}\n/,
  );
  assert.match(stderr, /did you mean: epochs\?/);
  assert.match(stderr, /bad\.yaml:4:13: error\[spec-enum\]/);
  assert.match(stderr, /bad\.yaml:6:10: error\[sweep-path\]/);
  assert.match(stderr, /3 problems\. Nothing was launched\.$/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

it('says the same as one JSON document', async (t) => {
  const cwd = await folderWith(t, { 'bad.yaml': broken });
  const { exitCode, stdout, json } = await facecom(['validate', 'bad.yaml', '--json'], { cwd });
  assert.equal(exitCode, 2);
  assert.equal(stdout.split('\n').length, 1);
  const { valid, problems } = json[0];
  assert.equal(valid, false);
  assert.deepEqual(problems[0], {
    code: 'spec-unknown-key',
    file: 'bad.yaml',
    line: 2,
    column: 9,
    path: 'train.epoch',
    message: 'train has no key epoch.',
    found: 'epoch',
    expected: problems[0].expected,
    suggestion: 'epochs',
  });
  assert.deepEqual(
    problems.map((p: { code: string }) => p.code),
    ['spec-unknown-key', 'spec-enum', 'sweep-path'],
  );
});

it('puts right in place what has one meaning', async (t) => {
  const cwd = await folderWith(t, { 'bad.yaml': `# kept\n${broken}` });
  const { exitCode, json } = await facecom(['validate', 'bad.yaml', '--fix', '--json'], { cwd });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    json[0].fixed.map(({ line, from, to }: Record<string, unknown>) => [line, from, to]),
    [
      [3, 'epoch', 'epochs'],
      [5, 'resnet81', 'resnet18'],
      [7, 'optimizr.lr', 'optimizer.lr'],
    ],
  );
  assert.equal(
    await readFile(join(cwd, 'bad.yaml'), 'utf8'),
    `# kept\n${broken}`
      .replace('epoch:', 'epochs:')
      .replace('resnet81', 'resnet18')
      .replace('optimizr', 'optimizer'),
  );
});

it('checks several specs, a missing one among them, and says a problem of a shared base once', async (t) => {
  const cwd = await folderWith(t, {
    'base.yaml': 'trian: {}\n',
    'a.yaml': 'name: a\nextends: base.yaml\n',
    'b.yaml': 'name: b\nextends: base.yaml\n',
    'c.yaml': 'name: c\n',
  });
  const { exitCode, json } = await facecom(
    ['validate', 'a.yaml', 'b.yaml', 'c.yaml', 'gone.yaml', '--json'],
    { cwd },
  );
  assert.equal(exitCode, 2);
  assert.deepEqual(
    json[0].problems.map(({ code, file }: Record<string, unknown>) => [code, file]),
    [
      ['spec-unknown-key', 'base.yaml'],
      ['spec-missing', 'gone.yaml'],
    ],
  );
});

it('takes --set before the specs, warns without failing, and says what is valid', async (t) => {
  const cwd = await folderWith(t, { 'a.yaml': 'name: a\nsweep: {axes: {seed: [1, 2]}}\n' });
  const { exitCode, stdout, stderr } = await facecom(['validate', '--set', 'data.image_size=16', 'a.yaml'], {
    cwd,
  });
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, 'a.yaml: valid, 2 trials');
  assert.match(stderr, /warning\[rule-image-size\]/);
});

it('gives run and its kind the same problems, before anything is launched', async (t) => {
  const cwd = await folderWith(t, { 'bad.yaml': broken });
  const { exitCode, json, stderr } = await facecom(['run', 'bad.yaml', '--json'], { cwd });
  assert.equal(exitCode, 2);
  assert.equal(json[0].error.code, 'spec-unknown-key');
  assert.equal(json[0].problems.length, 2);
  assert.match(stderr, /bad\.yaml:2:9/);
});

it('refuses a wrong command line with exit code 2', async (t) => {
  const cwd = await folderWith(t, {});
  assert.equal((await facecom(['validate'], { cwd })).exitCode, 2);
  assert.equal((await facecom(['validate', 'a.yaml', '--nonsense'], { cwd })).exitCode, 2);
});
