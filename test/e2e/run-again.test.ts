import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

const runsIn = (cwd: string, name = 'exp') =>
  readdirSync(join(cwd, 'runs', name)).filter((entry) => /-\d+$/.test(entry));

test('a run that is finished is kept, and run again where that is asked for', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish 0.75');
  const first = await facecom(['run', spec, '--json'], { cwd });
  assert.equal(first.exitCode, 0, first.stderr);
  const again = await facecom(['run', spec], { cwd });
  assert.equal(again.exitCode, 0);
  assert.match(again.stderr, /exp\/[0-9a-f]+-1 is finished already.*--force/);
  assert.match(again.stdout, /0\.7500/);
  assert.equal((await facecom(['run', spec, '--json'], { cwd })).json.at(-1).kept, true);
  assert.equal(runsIn(cwd).length, 1);
  assert.equal((await facecom(['run', spec, '--force', '--quiet'], { cwd })).exitCode, 0);
  assert.equal(runsIn(cwd).length, 2);
  // A run by its folder or its name is repeated as it was, also from elsewhere.
  const elsewhere = await temporaryFolder(t);
  const repeated = await facecom(['run', runOf(cwd).dir, '--runs', join(cwd, 'runs'), '--json'], {
    cwd: elsewhere,
  });
  assert.equal(repeated.exitCode, 0, repeated.stderr);
  assert.match(repeated.json.at(-1).run, /-3$/);
  assert.equal((await facecom(['run', 'last', '--quiet'], { cwd })).exitCode, 0);
  assert.equal(runsIn(cwd).length, 4);
  const status = await facecom(['status', '--json'], { cwd });
  assert.deepEqual([status.json[0].trials, status.json[0].attempts, status.json[0].finished], [1, 4, 1]);
  assert.match(
    (await facecom(['status'], { cwd })).stdout,
    /^experiment +trials +runs +finished.*\nexp +1 +4 +1 /m,
  );
  assert.equal(new Set(runsIn(cwd).map((name) => name.replace(/-\d+$/, ''))).size, 1);
});

test('one that is at work is refused; of many commands at once one runs', async (t) => {
  const cwd = await temporaryFolder(t);
  const go = join(cwd, 'go');
  const spec = writeExperiment(cwd, `while [ ! -f ${go} ]; do sleep 0.05; done; finish`);
  const commands = Array.from({ length: 5 }, () => start(['run', spec, '--json'], cwd));
  const refused = commands.map(async (command) => {
    const { exitCode } = await command;
    return exitCode;
  });
  let left = commands.length;
  for (const exit of refused) void exit.then(() => left--);
  await until('the others have ended', () => left === 1);
  writeFileSync(go, '');
  assert.deepEqual((await Promise.all(refused)).sort(), [0, 2, 2, 2, 2]);
  const outputs = await Promise.all(commands);
  assert.equal(outputs.filter(({ stdout }) => /"code":"(run-running|locked)"/.test(stdout!)).length, 4);
  assert.equal(runsIn(cwd).length, 1);
});

test('one that was interrupted continues; one whose code failed begins anew', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(
    cwd,
    `[ -f resumed ] && { finish 0.25; exit; }
     event '{"type":"metric","time":1,"step":1,"epoch":1,"values":{"val/combined":0.1}}'
     touch resumed; while :; do sleep 0.05; done`,
  );
  const program = start(['run', spec], cwd);
  await until('it runs', () => existsSync(join(runOf(cwd).dir, 'resumed')));
  program.kill('SIGINT');
  assert.equal((await program).exitCode, 130);
  const again = await facecom(['run', spec], { cwd });
  assert.equal(again.exitCode, 0, again.stderr);
  assert.match(again.stderr, /was stopped: it continues/);
  assert.equal(runsIn(cwd).length, 1);
  const bad = writeExperiment(cwd, 'exit 3', { name: 'bad' });
  for (const attempt of [1, 2]) {
    assert.equal((await facecom(['run', bad, '--quiet'], { cwd })).exitCode, 1);
    assert.equal(runsIn(cwd, 'bad').length, attempt);
  }
});

test('the command line is recorded and reported, without its keys', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish', { more: { tags: { a: 'b' } } });
  const set = ['--set', 'description=https://me:hunter2@example.org/?api_key=abcdef123456'];
  const { exitCode, stderr } = await facecom(['run', spec, ...set, '--quiet'], { cwd });
  assert.equal(exitCode, 0, stderr);
  const { argv } = runOf(cwd).json('environment.json');
  assert.deepEqual(argv, [
    ...['facecom', 'run', spec],
    ...['--set', 'description=https://***@example.org/?api_key=***', '--quiet'],
  ]);
  const report = await facecom(['report', 'last'], { cwd });
  assert.equal(report.exitCode, 0, report.stderr);
  const page = readFileSync(join(runOf(cwd).dir, 'artifacts', 'report.html'), 'utf8');
  assert.match(page, /facecom run exp\.yaml --set/);
});

test('--detach leaves a run and a sweep at work in the background', async (t) => {
  const cwd = await temporaryFolder(t);
  const go = join(cwd, 'go');
  const spec = writeExperiment(cwd, `while [ ! -f ${go} ]; do sleep 0.05; done; finish`, {
    more: { sweep: { axes: { seed: [1, 2] } } },
  });
  const { exitCode, stdout, stderr } = await facecom(['sweep', spec, '--detach'], { cwd });
  assert.equal(exitCode, 0, stderr);
  const pid = Number(/process (\d+)/.exec(stdout)![1]);
  assert.equal(JSON.parse(readFileSync(join(cwd, 'runs', 'exp', 'lock.json'), 'utf8')).pid, pid);
  process.kill(pid, 'SIGHUP');
  writeFileSync(go, '');
  await until('it has ended', () => !existsSync(join(cwd, 'runs', 'exp', 'lock.json')));
  await until('it has told', () =>
    /2 finished|2 trials/.test(readFileSync(join(cwd, 'runs', 'exp', 'detached.log'), 'utf8')),
  );
  const wrong = writeExperiment(cwd, 'finish', { name: 'wrong' });
  writeFileSync(join(cwd, 'wrong.sh'), '');
  const refused = await facecom(['run', wrong, '--detach', '--set', 'trainer.command=[./nothing]'], { cwd });
  assert.equal(refused.exitCode, 2, refused.stdout);
  assert.match(refused.stderr, /error\[trainer-missing\]/);
});

test('local changes are kept beside the record that a server gets, without keys', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish');
  writeFileSync(join(cwd, '.env'), 'X=1\n');
  writeFileSync(join(cwd, 'notes.txt'), 'old\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd, stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  writeFileSync(join(cwd, '.env'), 'X=a-very-private-thing\n');
  writeFileSync(join(cwd, 'notes.txt'), 'new\npassword: correct-horse\n');
  assert.equal((await facecom(['run', spec, '--quiet'], { cwd })).exitCode, 0);
  const { text, json } = runOf(cwd);
  assert.equal(json('environment.json').git.dirty, true);
  assert.ok(!('diff' in json('environment.json').git));
  assert.match(text('changes.diff'), /^\+new$/m);
  assert.doesNotMatch(text('changes.diff'), /private|horse/);
});
