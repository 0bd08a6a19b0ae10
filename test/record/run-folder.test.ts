import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { FacecomError } from '../../src/base/errors.ts';
import { writeAside } from '../../src/base/write-aside.ts';
import { createRunFolder, runName, runsOfTrial } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';

const files = {
  config: { seed: 1 },
  spec: 'name: a\n',
  origins: { seed: { kind: 'default' } },
  environment: { node: 'v1' },
};

test('makes the folder with all that is known before the start, each attempt its own', async (t) => {
  const runs = await temporaryFolder(t);
  const make = () => createRunFolder({ runs, name: 'exp', trial: 'abc' }, files);
  assert.equal(make(), join(runs, 'exp', 'abc-1'));
  mkdirSync(join(runs, 'exp', 'abc-9'));
  writeFileSync(join(runs, 'exp', 'abc-notes'), '');
  const dir = make();
  assert.equal(dir, join(runs, 'exp', 'abc-10'));
  assert.deepEqual(readdirSync(dir).sort(), [
    'artifacts',
    'checkpoints',
    'config.json',
    'environment.json',
    'origins.json',
    'spec.yaml',
  ]);
  assert.deepEqual(JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')), files.config);
  assert.deepEqual(
    runsOfTrial(join(runs, 'exp'), 'abc').map((path) => runName(path)?.attempt),
    [1, 9, 10],
  );
  assert.deepEqual(runsOfTrial(join(runs, 'nothing'), 'abc'), []);
  assert.deepEqual(runName('runs/exp/a-b-3'), { name: 'exp', trial: 'a-b', attempt: 3 });
  assert.equal(runName('runs/exp/notes'), undefined);
});

test('processes that make runs of one trial at once get folders of their own', async (t) => {
  const runs = await temporaryFolder(t);
  const script = `
    import { createRunFolder } from ${JSON.stringify(fileURLToPath(new URL('../../src/record/index.ts', import.meta.url)))};
    const files = ${JSON.stringify(files)};
    for (let i = 0; i < 10; i++) createRunFolder({ runs: ${JSON.stringify(runs)}, name: 'exp', trial: 'abc' }, files);
  `;
  await Promise.all(
    [1, 2, 3].map(() => execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])),
  );
  assert.equal(runsOfTrial(join(runs, 'exp'), 'abc').length, 30);
});

test('a place that cannot be written is the user’s to mend, with exit code 2', async (t) => {
  const runs = join(await temporaryFolder(t), 'file');
  writeFileSync(runs, '');
  assert.throws(
    () => createRunFolder({ runs, name: 'exp', trial: 'abc' }, files),
    (error) => error instanceof FacecomError && error.code === 'runs-not-writable' && error.exitCode === 2,
  );
});

test('a file that is written aside is there whole or as it was, and nothing is left beside it', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'file');
  writeAside(file, 'first');
  writeAside(file, Buffer.from('second'));
  assert.equal(readFileSync(file, 'utf8'), 'second');
  assert.throws(() => writeAside(join(folder, 'absent', 'file'), 'x'), { code: 'ENOENT' });
  mkdirSync(join(folder, 'folder'));
  assert.throws(() => writeAside(join(folder, 'folder'), 'x'));
  assert.deepEqual(readdirSync(folder).sort(), ['file', 'folder']);
  assert.ok(!existsSync(join(folder, 'absent')));
});
