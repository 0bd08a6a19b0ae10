import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { appendState, createRunFolder, openEvents } from '../../src/record/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';
import { folderWith } from '../support/specs.ts';

const spec = `name: a
data: {synthetic: {identities: 3, images_per_identity: 8}}
sweep:
  repeats: 2
  axes: {optimizer.name: [adam, sgd], optimizer.momentum: [0.8, 0.9]}
  when: {optimizer.momentum: {optimizer.name: sgd}}
`;

it('prints one trial a line and then the summary, and launches nothing', async (t) => {
  const cwd = await folderWith(t, { 'a.yaml': spec });
  const { exitCode, json, stdout } = await facecom(['sweep', 'a.yaml', '--dry-run', '--json'], { cwd });
  assert.equal(exitCode, 0);
  assert.equal(stdout.split('\n').length, 7);
  assert.deepEqual(
    json.slice(0, 3).map(({ axes, seed }) => [axes, seed]),
    [
      [{ 'optimizer.name': 'adam' }, 42],
      [{ 'optimizer.name': 'adam' }, 43],
      [{ 'optimizer.name': 'sgd', 'optimizer.momentum': 0.8 }, 42],
    ],
  );
  const { branches, warnings, ...summary } = json.at(-1);
  assert.deepEqual(summary, { sweep: 'a', trials: 6, points: 3, repeats: 2, duplicates: 0, finished: 0 });
  assert.deepEqual(branches, [
    { axes: ['optimizer.name'], trials: 2 },
    { axes: ['optimizer.name', 'optimizer.momentum'], trials: 4 },
  ]);
  assert.deepEqual(warnings, []);
  assert.equal(existsSync(join(cwd, 'runs')), false);
});

it('prints a table, the counts a branch, what is finished and how long the rest takes', async (t) => {
  const cwd = await folderWith(t, { 'a.yaml': spec });
  const { json } = await facecom(['sweep', 'a.yaml', '--dry-run', '--json'], { cwd });
  const config = resolveConfig({
    name: 'a',
    data: { synthetic: { identities: 3, images_per_identity: 8 } },
    train: { epochs: 10 },
  });
  const dir = createRunFolder(
    { runs: join(cwd, 'runs'), name: 'a', trial: json[0].trial },
    { config, spec, origins: {}, environment: {} },
  );
  const events = openEvents(dir);
  events.metric({ step: 10, epoch: 10, values: { 'val/combined': 0.5 } });
  events.close();
  appendState(dir, { state: 'started', launcher: 'local', devices: ['cpu'], attempt: 1 });
  appendState(dir, { state: 'finished', seconds: 20, exit_code: 0 });
  const { stdout } = await facecom(['sweep', 'a.yaml', '--dry-run'], { cwd });
  assert.match(stdout, /^trial +optimizer\.name +optimizer\.momentum +seed\n/);
  assert.match(stdout, new RegExp(`\\n${json[0].trial} +adam +– +42\\n`));
  assert.match(stdout, /\n6 trials: 3 points × 2 seeds\.\n/);
  assert.match(stdout, /\n {2}4 trials with optimizer\.name, optimizer\.momentum\n/);
  assert.match(stdout, /1 of them .*finished already/);
  // Five trials of 30 epochs, 2 s each.
  assert.match(stdout, /About 5 min 00 s remaining, one after another, by 1 earlier run\./);
});

it('says problems at their line with exit code 2, and a data set that is not there as a warning', async (t) => {
  const cwd = await folderWith(t, {
    'bad.yaml': spec.replace('sgd}', 'sdg}'),
    'data.yaml': 'name: d\ndata: {source: facecom, path: nowhere}\nsweep: {axes: {seed: [1, 2]}}\n',
  });
  const bad = await facecom(['sweep', 'bad.yaml', '--dry-run', '--json'], { cwd });
  assert.equal(bad.exitCode, 2);
  assert.deepEqual(
    [bad.json[0].problems[0].code, bad.json[0].problems[0].line],
    ['sweep-condition-value', 6],
  );
  const { exitCode, json } = await facecom(['sweep', 'data.yaml', '--dry-run', '--json'], { cwd });
  assert.equal(exitCode, 0);
  assert.deepEqual(
    json.at(-1).warnings.map(({ code }: { code: string }) => code),
    ['dry-run-ids'],
  );
});

it('--axis sweeps without a file of its own, and habits of other tools get the right words', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = join(packageDir, 'experiments', 'tiny.yaml');
  const axes = ['--axis', 'optimizer.lr=0.001,0.0003', '--axis', 'train.batch_size=[8, 16]'];
  const { exitCode, json, stderr } = await facecom(['sweep', spec, '--dry-run', '--json', ...axes], { cwd });
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).trials, 4);
  assert.deepEqual(json[0].axes, { 'optimizer.lr': 0.001, 'train.batch_size': 8 });
  const malformed = await facecom(['sweep', spec, '--dry-run', '--axis', 'optimizer.lr'], { cwd });
  assert.equal(malformed.exitCode, 2);
  assert.match(malformed.stderr, /error\[axis-malformed\]/);
  const hydra = await facecom(['run', spec, 'train.epochs=3'], { cwd });
  assert.equal(hydra.exitCode, 2);
  assert.match(hydra.stderr, /facecom run SPEC --set train\.epochs=3/);
  const multirun = await facecom(['sweep', spec, '+optimizer.lr=1,2'], { cwd });
  assert.match(multirun.stderr, /facecom sweep SPEC --axis optimizer\.lr=1,2/);
});
