import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRunFolder } from '../../src/record/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { facecom } from '../support/program.ts';
import { folderWith } from '../support/specs.ts';

const files = {
  'base.yaml': 'name: base\noptimizer: {lr: 0.01}\nloss: {alpha: 0.2}\n',
  'spec.yaml': 'name: a\nextends: base.yaml\nsweep:\n  axes: {loss.alpha: [0.1, 0.2]}\n',
};

it('shows each value of a spec with its origin', async (t) => {
  const cwd = await folderWith(t, files);
  const { exitCode, json } = await facecom(['explain', 'spec.yaml', '--set', 'train.epochs=3', '--json'], {
    cwd,
  });
  assert.equal(exitCode, 0);
  const rows = new Map(json.slice(0, -1).map((row) => [row.path, row]));
  assert.deepEqual(rows.get('optimizer.lr'), {
    path: 'optimizer.lr',
    value: 0.01,
    origin: { kind: 'file', file: 'base.yaml', line: 2, column: 17 },
  });
  assert.deepEqual(rows.get('train.epochs').origin, { kind: 'flag', flag: '--set train.epochs=3' });
  assert.deepEqual(rows.get('train.clip').origin, { kind: 'default' });
  assert.deepEqual(rows.get('loss.alpha').swept, {
    kind: 'axis',
    axis: 'loss.alpha',
    file: 'spec.yaml',
    line: 4,
    column: 10,
  });
  assert.deepEqual(json.at(-1), { spec: 'spec.yaml', values: rows.size });
});

it('shows a section, and all that the schema says of one key', async (t) => {
  const cwd = await folderWith(t, files);
  const section = await facecom(['explain', 'spec.yaml', 'loss'], { cwd });
  assert.match(
    section.stdout,
    /^loss\.alpha +0\.2 +base\.yaml:3:15, varied by axis at spec\.yaml:4:10\nloss\.beta +0\.5 +default\n/,
  );
  const { stdout } = await facecom(['explain', 'spec.yaml', 'optimizer.lr'], { cwd });
  assert.match(
    stdout,
    /Learning rate\.\nallowed: a number, above 0; per step\ndefault: 0\.001\nexample: 0\.0003/,
  );
});

it('suggests a path', async (t) => {
  const cwd = await folderWith(t, files);
  for (const [path, meant] of [
    ['optimizer.lt', 'optimizer.lr'],
    ['lr', 'optimizer.lr'],
    ['trian', 'train'],
  ]) {
    const { exitCode, stderr } = await facecom(['explain', 'spec.yaml', path!], { cwd });
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(`Did you mean ${meant!.replace('.', '\\.')}\\?`));
  }
});

it('shows the values of a run, with axes, retries and no password', async (t) => {
  const cwd = await folderWith(t, {});
  const config = resolveConfig({ name: 'old' });
  config.tracking.mlflow = 'https://me:hunter2@host';
  const origins = {
    'loss.alpha': { kind: 'axis', axis: 'loss.alpha', file: 'x.yaml', line: 3, column: 5 },
    'train.accumulation': { kind: 'retry', class: 'oom', from: 1 },
  };
  createRunFolder(
    { runs: `${cwd}/runs`, name: 'old', trial: 'abcdef123456' },
    { config, spec: 'name: old\n', origins, environment: {} },
  );
  const { exitCode, stdout } = await facecom(['explain', 'old/abcdef123456-1'], { cwd });
  assert.equal(exitCode, 0);
  assert.match(stdout, /^loss\.alpha +0\.5 +axis at x\.yaml:3:5$/m);
  assert.match(stdout, /^train\.accumulation +1 +changed from 1 after a failure \(oom\)$/m);
  assert.doesNotMatch(stdout, /hunter2/);
  assert.equal((await facecom(['explain', 'nothing'], { cwd })).exitCode, 2);
  assert.equal((await facecom(['explain', 'old', '--set', 'seed=1'], { cwd })).exitCode, 2);
});
