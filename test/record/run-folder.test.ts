import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { FacecomError } from '../../src/base/errors.ts';
import { writeAside } from '../../src/base/files.ts';
import { markProcess } from '../../src/base/process.ts';
import {
  createRunFolder,
  readState,
  runFoldersUnder,
  runName,
  runsOfTrial,
  tidyRunFolder,
} from '../../src/record/index.ts';
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
    'state.jsonl',
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
    import { createRunFolder, openEvents } from ${JSON.stringify(fileURLToPath(new URL('../../src/record/index.ts', import.meta.url)))};
    const files = ${JSON.stringify(files)};
    for (let i = 0; i < 10; i++) {
      const dir = createRunFolder({ runs: ${JSON.stringify(runs)}, name: 'exp', trial: 'abc' }, files);
      // It has begun: it is not taken up when this process is gone.
      openEvents(dir).progress({ done: 0, total: 1, unit: 'steps' });
    }
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

const ended = { pid: 99_999_999, process: 'an earlier boot' };

test('one whose trainer never began is taken up by the next attempt, with what a tracker keeps of it', async (t) => {
  const runs = await temporaryFolder(t);
  const make = () => createRunFolder({ runs, name: 'exp', trial: 'abc' }, files);
  const { host } = markProcess();
  const first = make();
  // Whoever made it is alive.
  const second = make();
  assert.deepEqual(
    [first, second].map((dir) => basename(dir)),
    ['abc-1', 'abc-2'],
  );
  const queued = JSON.stringify({ time: 1, state: 'queued', host, orchestrator: ended });
  const started = JSON.stringify({ time: 2, state: 'started', host, ...ended, orchestrator: ended });
  for (const state of [queued, `${queued}\n${started}`]) {
    writeFileSync(join(second, 'state.jsonl'), `${state}\n`);
    writeFileSync(join(second, '.mlflow.json'), '{"key":"k"}');
    writeFileSync(join(second, 'log.txt'), 'loading');
    assert.equal(make(), second);
    assert.ok(!existsSync(join(second, 'log.txt')));
    assert.equal(readFileSync(join(second, '.mlflow.json'), 'utf8'), '{"key":"k"}');
    assert.deepEqual(
      readState(second).map(({ state }) => state),
      ['queued'],
    );
  }
  // What it saved is kept, though it told nothing.
  writeFileSync(join(second, 'state.jsonl'), `${queued}\n`);
  writeFileSync(join(second, 'checkpoints', 'last'), '');
  assert.notEqual(make(), second);
  // It began, failed, or another machine's process made it: it stays.
  const failed = JSON.stringify({ time: 3, state: 'failed', class: 'code' });
  for (const [state, events] of [
    [`${queued}\n${started}`, '{"type":"progress"}\n'],
    [`${queued}\n${started}\n${failed}`, ''],
    [JSON.stringify({ time: 1, state: 'queued', host: 'elsewhere', orchestrator: ended }), ''],
    [JSON.stringify({ time: 1, state: 'queued' }), ''],
  ]) {
    const dir = make();
    writeFileSync(join(dir, 'state.jsonl'), `${state}\n`);
    writeFileSync(join(dir, 'events.jsonl'), events!);
    assert.notEqual(make(), dir);
  }
  // One that is being resumed.
  const resumed = make();
  writeFileSync(join(resumed, 'state.jsonl'), `${queued}\n`);
  writeFileSync(join(resumed, 'lock.json'), JSON.stringify({ ...markProcess(process.ppid), command: 'run' }));
  assert.notEqual(make(), resumed);
});

test('what killed processes left half made is removed once it is old', async (t) => {
  const runs = await temporaryFolder(t);
  const make = () => createRunFolder({ runs, name: 'exp', trial: 'abc' }, files);
  const dir = make();
  const parent = dirname(dir);
  const old = new Date(Date.now() - 3_600_000);
  const left = ['.new.99999999.0123abcd', `.new.${process.pid}.0123abcd`, '.new.99999999.4567abcd'];
  for (const name of left) mkdirSync(join(parent, name, 'checkpoints'), { recursive: true });
  for (const name of left.slice(0, 2)) utimesSync(join(parent, name), old, old);
  for (const name of ['config.json.99999999.tmp', 'artifacts/a.svg.99999999.0123abcd.tmp', 'notes.tmp']) {
    writeFileSync(join(dir, name), '');
    utimesSync(join(dir, name), old, old);
  }
  make();
  assert.deepEqual(
    left.map((name) => existsSync(join(parent, name))),
    [false, true, true],
  );
  tidyRunFolder(dir);
  assert.deepEqual(
    readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp')),
    ['notes.tmp'],
  );
  // As older versions made them.
  const half = join(parent, 'old-1');
  mkdirSync(join(half, 'checkpoints'), { recursive: true });
  mkdirSync(join(half, 'artifacts'));
  const makeOld = () => createRunFolder({ runs, name: 'exp', trial: 'old' }, files);
  assert.equal(basename(makeOld()), 'old-2');
  rmSync(join(parent, 'old-2'), { recursive: true });
  utimesSync(half, old, old);
  assert.equal(makeOld(), half);
});

test('a folder that a process is killed in the making of is no run, and the next one gets its name', async (t) => {
  const runs = await temporaryFolder(t);
  const script = `
    import { createRunFolder } from ${JSON.stringify(fileURLToPath(new URL('../../src/record/index.ts', import.meta.url)))};
    const files = { ...${JSON.stringify(files)}, config: { toJSON() { process.kill(process.pid, 'SIGKILL'); } } };
    createRunFolder({ runs: ${JSON.stringify(runs)}, name: 'exp', trial: 'abc' }, files);
  `;
  const { signal } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    reject: false,
  });
  assert.equal(signal, 'SIGKILL');
  assert.equal(runFoldersUnder(join(runs, 'exp')).length, 0);
  assert.equal(basename(createRunFolder({ runs, name: 'exp', trial: 'abc' }, files)), 'abc-1');
});
