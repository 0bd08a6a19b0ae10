import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { readState } from '../../src/record/index.ts';
import { type Entry, people, writeSet } from '../data/support/sets.ts';
import { withoutNative } from '../support/native.ts';
import { binary, type Outcome, temporaryFolder } from '../support/program.ts';
import { place, sets, tiny } from '../support/trained.ts';

/** Exit code, nothing launched, the message on stderr, and no stack trace. */
function checkRefused(name: string, found: Outcome, cwd: string, text: RegExp) {
  assert.equal(found.exitCode, 2, `${name}: ${found.stderr}`);
  assert.match(found.stderr, text, name);
  assert.doesNotMatch(found.stderr, /\n\s+at |internal error/, name);
  assert.equal(found.stdout, '', name);
  assert.ok(!existsSync(join(cwd, 'runs')), `${name}: nothing was launched`);
}

test('a wrong spec is exit code 2 with its place, and nothing is launched', async (t) => {
  const { cwd, facecom } = await place(t);
  const specs: Record<string, [text: string | undefined, message: RegExp]> = {
    'lost.yaml': [undefined, /error\[spec-missing\]/],
    'torn.yaml': ['name: torn\ndata: {source: [\n', /torn\.yaml:3:1: error\[yaml-syntax\]: /],
    'key.yaml': ['name: key\nepochs: 3\n', /key\.yaml:2:1: error\[spec-unknown-key\]: /],
    'range.yaml': ['name: range\nloss: {alpha: -0.5}\n', /range\.yaml:2:15: error\[spec-range\]: /],
    'type.yaml': ['name: type\ntrain: {epochs: many}\n', /type\.yaml:2:17: /],
    'path.yaml': ['name: path\ndata: {source: facecom}\n', /path\.yaml:2:1: .*needs data\.path/],
  };
  await Promise.all(
    Object.entries(specs).map(async ([file, [text, message]]) => {
      if (text !== undefined) await writeFile(join(cwd, file), text);
      checkRefused(file, await facecom('run', file), cwd, message);
    }),
  );
});

test('a wrong data set is exit code 2 with its place, and nothing is launched', async (t) => {
  const { cwd, facecom } = await place(t);
  const set = (name: string, entries: Entry[], annotations?: string) =>
    writeSet(join(cwd, name), entries, annotations);
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ['lost', async () => {}, /error\[data-path-missing\]/],
    ['torn', () => set('torn', people(2, 4), '[{"filename": '), /malformed\]: .*torn.annotations\.json:1:/],
    ['word', () => set('word', people(2, 4), '{}'), /malformed\]: .*annotations\.json:1:1: .*not a list/],
    ['missing', () => set('missing', people(1, 4), JSON.stringify(people(2, 4))), /data-picture-missing/],
    [
      'gender',
      () => set('gender', [...people(2, 4), { filename: 'x.png', gender: 'Femal', person_id: 'p1' }]),
      /error\[data-gender\][\s\S]*x\.png: "Femal"/,
    ],
    ['single', () => set('single', people(1, 8)), /error\[data-single-identity\]/],
  ];
  for (const [, make] of cases) await make();
  await Promise.all(
    cases.map(async ([name, , message]) =>
      checkRefused(
        name,
        await facecom('run', tiny, ...sets('data.source=facecom', `data.path=${name}`)),
        cwd,
        message,
      ),
    ),
  );
});

test('a file that is no image is found before anything is launched, and named', async (t) => {
  const { cwd, facecom } = await place(t);
  await writeSet(join(cwd, 'faces'), people(2, 8));
  await writeFile(join(cwd, 'faces/images/p1_3.png'), 'no image');
  const found = await facecom('run', tiny, '--json', ...sets('data.source=facecom', 'data.path=faces'));
  assert.equal(found.exitCode, 2);
  assert.match(JSON.stringify(found.json.at(-1).error), /p1_3\.png/);
  assert.ok(!existsSync(join(cwd, 'runs')));
});

test('a file in the place of the folder of runs is exit code 2', async (t) => {
  const { cwd, facecom } = await place(t);
  await writeFile(join(cwd, 'runs.txt'), '');
  const found = await facecom('run', tiny, '--runs', 'runs.txt');
  assert.equal(found.exitCode, 2);
  assert.match(found.stderr, /error\[runs-not-writable\][\s\S]*remedy: .*--runs/);
  assert.doesNotMatch(found.stderr, /\n\s+at |internal error/);
});

const asRoot = process.getuid?.() === 0;
test('a working folder that was deleted is exit code 2', async (t) => {
  const cwd = await temporaryFolder(t);
  const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"';
  for (const args of [['validate', 'exp.yaml'], ['status']]) {
    const { exitCode, stderr } = await execa('sh', ['-c', script, process.execPath, binary, ...args], {
      cwd,
      reject: false,
    });
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /^error\[(?:folder-gone|runs-missing)\]/);
    assert.doesNotMatch(stderr, /\n +at /);
  }
});

test('a folder of runs without permission is exit code 2', {
  skip: asRoot && 'root may write everywhere',
}, async (t) => {
  const { cwd, facecom } = await place(t);
  await mkdir(join(cwd, 'locked'), { mode: 0o555 });
  const found = await facecom('run', tiny, '--runs', 'locked');
  assert.equal(found.exitCode, 2);
  assert.match(found.stderr, /error\[runs-not-writable\]/);
});

/** A run that would train for a long time, started as a terminal does: in a process group of its own. */
async function startLong(t: TestContext) {
  const { cwd, env } = await place(t);
  const child = execa(
    process.execPath,
    [
      ...[binary, 'run', tiny, '--json'],
      ...sets('train.epochs=5000', 'train.early_stopping.enabled=false', 'resources.retry.killed=0'),
    ],
    { cwd, env, reject: false, stdin: 'ignore', detached: true },
  );
  t.after(() => {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  });
  // Folders are made aside and renamed.
  const [folder] = await waitFor(async () =>
    (await readdir(join(cwd, 'runs/tiny'))).filter((name) => /^[0-9a-f]+-\d+$/.test(name)),
  );
  const runDir = join(cwd, 'runs/tiny', folder!);
  await waitFor(async () => {
    const events = await readFile(join(runDir, 'events.jsonl'), 'utf8');
    return events.includes('"checkpoint"') ? events : undefined;
  });
  const trainer = readState(runDir).findLast(({ state }) => state === 'started')!.pid!;
  assert.ok(isAlive(trainer), 'the trainer is at work');
  return { child, cwd, runDir, trainer };
}

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1200; tries++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined && !(Array.isArray(found) && found.length === 0)) return found;
    await new Promise((resume) => setTimeout(resume, 100));
  }
  throw new Error('What was waited for has not come within two minutes.');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('Ctrl-C keeps a checkpoint, says how to continue, and exits 130', {
  skip: withoutNative,
}, async (t) => {
  const { child, runDir, trainer } = await startLong(t);
  process.kill(-child.pid!, 'SIGINT');
  const { exitCode, stdout, stderr } = await child;
  assert.equal(exitCode, 130, stderr);
  assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)!).status, 'stopped');
  assert.doesNotMatch(stderr, /\n\s+at |internal error/);
  assert.ok(existsSync(join(runDir, 'checkpoints/last.safetensors')));
  assert.ok(!isAlive(trainer), 'no trainer is left');
});

test('a trainer that is killed fails the run, which says how', { skip: withoutNative }, async (t) => {
  const { child, runDir, trainer } = await startLong(t);
  process.kill(trainer, 'SIGKILL');
  const { exitCode, stdout, stderr } = await child;
  assert.equal(exitCode, 1, stderr);
  const summary = JSON.parse(stdout.trim().split('\n').at(-1)!);
  assert.equal(summary.status, 'failed');
  assert.match(summary.error.message, /SIGKILL/);
  assert.doesNotMatch(stderr, /\n\s+at |internal error/);
  assert.match(await readFile(join(runDir, 'state.jsonl'), 'utf8'), /"failed"/);
});
