import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { markProcess } from '../../src/base/process.ts';
import { planPrune, pruneRun } from '../../src/operations/prune.ts';
import { planRemoval, remove } from '../../src/operations/remove.ts';
import { appendState } from '../../src/record/index.ts';
import { makeRun, runsFolder } from '../report/support/records.ts';

const code = (name: string) => (error: { code?: string }) => error.code === name;

test('a run and a sweep are removed whole, and nothing beside them', (t) => {
  const runs = runsFolder(t);
  const [a, b] = ['aaaa', 'bbbb'].map((trial) => makeRun({ runs, name: 'one', trial, final: {} }));
  makeRun({ runs, name: 'two', final: {} });
  const plan = planRemoval('one/aaaa', { runs });
  assert.deepEqual([plan.kind, plan.name, plan.runs.length], ['run', 'one/aaaa-1', 1]);
  assert.ok(plan.bytes > 100 && existsSync(a!));
  remove(plan);
  assert.deepEqual([existsSync(a!), existsSync(b!)], [false, true]);
  remove(planRemoval('one', { runs }));
  assert.deepEqual(readdirSync(runs), ['two']);
  assert.throws(() => planRemoval('nothing', { runs }), code('run-not-found'));
});

test('what is at work is not removed', (t) => {
  const runs = runsFolder(t);
  const dir = makeRun({ runs, name: 'busy' });
  appendState(dir, { state: 'started', attempt: 1, ...markProcess() });
  assert.throws(() => planRemoval('busy', { runs }), code('remove-running'));
  assert.throws(() => planRemoval('last', { runs }), code('remove-running'));
  assert.ok(existsSync(dir));
});

test('a link is removed, not what it leads to', (t) => {
  const runs = runsFolder(t);
  const dir = makeRun({ runs, name: 'real', final: {} });
  mkdirSync(join(runs, 'linked'));
  symlinkSync(dir, join(runs, 'linked', 'abcdef012345-1'));
  assert.deepEqual(planRemoval('real', { runs }).linked, ['linked/abcdef012345-1']);
  assert.deepEqual(planRemoval('linked', { runs }).linked, []);
  remove(planRemoval('linked', { runs }));
  assert.deepEqual([existsSync(join(runs, 'linked')), existsSync(join(dir, 'config.json'))], [false, true]);
});

test('runs are pruned by age, status and rank, or their checkpoints alone', async (t) => {
  const runs = runsFolder(t);
  const day = 86_400_000;
  const made = Array.from({ length: 4 }, (_, i) =>
    makeRun({
      ...{ runs, name: 'swept', trial: `dddd${i}` },
      config: { seed: 1, optimizer: { lr: i } },
      final: { 'val/combined': i / 10 },
    }),
  );
  const failure = { class: 'oom' as const, code: 'oom', message: 'x' };
  const bad = makeRun({ runs, name: 'swept', trial: 'eeee', config: { optimizer: { lr: 9 } }, failure });
  for (const dir of made) {
    writeFileSync(join(dir, 'checkpoints', 'best.safetensors'), '1234');
    writeFileSync(join(dir, 'checkpoints', 'last.safetensors'), '12345678');
  }
  const ids = async (options: Omit<Parameters<typeof planPrune>[0], 'runs'>) =>
    (await planPrune({ runs, ...options })).map(({ run }) => run.replace(/^swept\/(.*)-1$/, '$1'));
  assert.deepEqual(await ids({ what: 'runs', status: ['failed'] }), ['eeee']);
  assert.deepEqual(await ids({ what: 'runs', keepBest: 2 }), ['dddd0', 'dddd1', 'eeee']);
  assert.deepEqual(await ids({ what: 'runs', olderThan: 1 }), []);
  assert.deepEqual((await ids({ what: 'runs', olderThan: 1, now: Date.now() + 2 * day })).length, 5);
  assert.deepEqual(await ids({ what: 'runs', keepBest: 2, status: ['finished'] }), ['dddd0', 'dddd1']);
  const last = await planPrune({ runs, what: 'last', keepBest: 0 });
  assert.deepEqual(
    last.map(({ bytes }) => bytes),
    [8, 8, 8, 8],
  );
  for (const run of last) assert.equal(pruneRun(run, 'last'), true);
  assert.deepEqual(readdirSync(join(made[0]!, 'checkpoints')), ['best.safetensors']);
  await assert.rejects(planPrune({ runs, what: 'runs' }), code('prune-all'));
  const [failed] = await planPrune({ runs, what: 'runs', status: ['failed'] });
  assert.equal(pruneRun(failed!, 'runs'), true);
  assert.equal(existsSync(bad), false);
});
