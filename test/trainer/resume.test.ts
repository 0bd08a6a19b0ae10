import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readEvents } from '../../src/record/index.ts';
import { temporaryFolder } from '../support/program.ts';
import { pictures } from './support/pictures.ts';
import { essence, metrics, run, runFolder } from './support/run.ts';

// Noisy enough that epochs differ, that plateau lowers the rate and that some images lack a label.
const dataset = pictures({ noise: 110, unlabelled: { gender: 0.2, identity: 0.2 } });
const config = {
  optimizer: { lr: 0.2 },
  schedule: { patience: 0 },
  augment: {
    policy: 'facecom-strong',
    schedule: [
      { epoch: 1, strength: 0.2 },
      { epoch: 4, strength: 1.5 },
    ],
    mixup: { p: 0.3 },
    cutmix: { p: 0.3 },
  },
  train: { epochs: 6, early_stopping: { patience: 3 } },
};
const last = (runDir: string) => join(runDir, 'checkpoints/last.safetensors');
const best = (runDir: string) => join(runDir, 'checkpoints/best.safetensors');

/** What an uninterrupted run leaves. */
let whole: Awaited<ReturnType<typeof leavings>>;

async function leavings(runDir: string) {
  const { seconds, ...summary } = JSON.parse(readFileSync(join(runDir, 'artifacts/metrics.json'), 'utf8'));
  assert.ok(seconds.test >= 0);
  return {
    last: await essence(runDir, 'last'),
    best: await essence(runDir, 'best'),
    metrics: metrics(runDir),
    submission: readFileSync(join(runDir, 'artifacts/submission.csv'), 'utf8'),
    summary,
  };
}

before(async (t) => {
  const runDir = await temporaryFolder(t as never);
  const { result } = await run({ runDir, dataset, config });
  assert.equal(result.status, 'finished');
  whole = await leavings(runDir);
});

for (const stops of [[1], [4], [5], [6], [13], [3, 9, 1], [1, 1, 1, 1, 1, 1, 1], [29], [5, 5, 5, 5, 5]]) {
  test(`a run stopped after ${stops.join(' + ')} steps and continued equals an uninterrupted one`, async (t) => {
    const runDir = await temporaryFolder(t);
    let steps = 0;
    for (const stopAfter of stops) {
      const { result, learner } = await run({ runDir, dataset, config, stopAfter });
      if (result.status === 'finished') break;
      steps += stopAfter;
      assert.equal(result.state.step, steps);
      assert.equal(learner.steps[0], steps - stopAfter + 1);
      assert.equal(
        readEvents(runDir).some((event) => event.type === 'finished'),
        false,
      );
    }
    const { result } = await run({ runDir, dataset, config });
    assert.equal(result.status, 'finished');
    assert.deepEqual(await leavings(runDir), whole);
  });
}

test('a run killed within an epoch continues from the checkpoint of that epoch', async (t) => {
  const runDir = await temporaryFolder(t);
  const killed = new Error('killed');
  await assert.rejects(
    run({
      runDir,
      dataset,
      config,
      checkpointInterval: 0,
      onStep: (step) => {
        if (step === 9) throw killed;
      },
    }),
    killed,
  );
  const { learner } = await run({ runDir, dataset, config });
  assert.equal(learner.steps[0], 9);
  assert.deepEqual(await leavings(runDir), whole);
});

test('a run that writes few checkpoints leaves the same, also if it is killed before its best was written', async (t) => {
  const improving = { dataset: pictures({ noise: 150 }), config: { train: { epochs: 4 } } };
  const always = await temporaryFolder(t);
  await run({ ...improving, runDir: always });
  const wanted = await leavings(always);
  const bestStep = wanted.best.state.step;
  assert.ok(bestStep > 5, 'the best epoch is not the first');

  const seldom = await temporaryFolder(t);
  await run({ ...improving, runDir: seldom, pace: { due: () => false, written: () => {} } });
  assert.deepEqual(await leavings(seldom), wanted);

  const runDir = await temporaryFolder(t);
  const kept = await temporaryFolder(t);
  const killed = new Error('killed');
  // The first checkpoint alone is due; the best weights of a later epoch are in memory when the run is killed.
  let due = true;
  const first = {
    due: () => due,
    written: () => {
      due = false;
    },
  };
  await assert.rejects(
    run({
      ...{ ...improving, runDir, pace: first },
      onStep: (step) => {
        if (step <= bestStep) return;
        copyFileSync(best(runDir), join(kept, 'best'));
        throw killed;
      },
    }),
    killed,
  );
  // An error writes what is in memory; a killed run leaves what is on the disk.
  assert.notDeepEqual(readFileSync(best(runDir)), readFileSync(join(kept, 'best')));
  copyFileSync(join(kept, 'best'), best(runDir));
  const { learner } = await run({ ...improving, runDir });
  assert.ok(learner.steps[0]! <= bestStep);
  assert.deepEqual(await leavings(runDir), wanted);
});

test('a run killed after its best was written and before its last repeats that epoch, and records nothing twice', async (t) => {
  const runDir = await temporaryFolder(t);
  const folder = await temporaryFolder(t);
  const stopped = whole.best.state.step;
  await run({ runDir, dataset, config, stopAfter: stopped - 1 });
  copyFileSync(last(runDir), join(folder, 'last'));
  await run({ runDir, dataset, config, stopAfter: 2 });
  copyFileSync(join(folder, 'last'), last(runDir));
  await run({ runDir, dataset, config });
  assert.deepEqual(await leavings(runDir), whole);
});

test('a run that ended and was killed before its test continues with the test', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, dataset, config });
  rmSync(join(runDir, 'artifacts'), { recursive: true });
  const { learner } = await run({ runDir, dataset, config });
  assert.deepEqual(learner.steps, []);
  assert.deepEqual(await leavings(runDir), whole);
});

test('a half-written checkpoint is cleared away', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, dataset, config, stopAfter: 7 });
  writeFileSync(`${last(runDir)}.12345.tmp`, 'half');
  await run({ runDir, dataset, config });
  assert.deepEqual(readdirSync(join(runDir, 'checkpoints')).sort(), ['best.safetensors', 'last.safetensors']);
});

test('a damaged last checkpoint: the best weights are continued from, with a new optimizer, which is reported', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, dataset, config, stopAfter: 14 });
  truncateSync(last(runDir), 300);
  const { learner, result } = await run({ runDir, dataset, config });
  assert.ok(learner.steps[0]! <= 11);
  const warning = readEvents(runDir).find((event) => event.type === 'warning');
  assert.ok(warning?.type === 'warning' && warning.code === 'checkpoint-damaged');
  assert.match(warning.message, /last\.safetensors is damaged/);
  assert.equal(result.status, 'finished');
});

test('no readable checkpoint: the run fails and says so, and overwrites nothing', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, dataset, config, stopAfter: 14 });
  for (const path of [last(runDir), best(runDir)]) truncateSync(path, 300);
  await assert.rejects(run({ runDir, dataset, config }), (error: Error & { remedy?: string }) => {
    assert.equal((error as { code?: string }).code, 'checkpoint-damaged');
    assert.match(error.message, /no other to continue from/);
    assert.match(error.remedy!, /train from the start/);
    return true;
  });
  assert.equal(readFileSync(last(runDir)).length, 300);
});

test('a checkpoint of another format or version is refused', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, dataset, config, stopAfter: 2 });
  const bytes = readFileSync(last(runDir));
  // The same length, so that the file stays whole.
  const changed = (from: string, to: string) =>
    writeFileSync(last(runDir), Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1'));
  changed('"format_version":"2"', '"format_version":"9"');
  await assert.rejects(run({ runDir, dataset, config }), { code: 'checkpoint-version' });
  changed('"format":"facecom"', '"format":"another"');
  await assert.rejects(run({ runDir, dataset, config }), { code: 'checkpoint-foreign' });
});

test('a run does not continue with another config, data set or model', async (t) => {
  const folder = await temporaryFolder(t);
  const runDir = runFolder(folder);
  await run({ runDir, dataset, config, stopAfter: 7 });
  await assert.rejects(
    run({ runDir, dataset, config: { ...config, optimizer: { lr: 0.1 } } }),
    (error: Error & { found?: string; expected?: string }) => {
      assert.equal((error as { code?: string }).code, 'checkpoint-config');
      assert.equal(error.found, 'optimizer.lr: 0.1');
      assert.equal(error.expected, 'optimizer.lr: 0.2');
      return true;
    },
  );
  const other = pictures({ noise: 111, unlabelled: { gender: 0.2, identity: 0.2 } });
  await assert.rejects(run({ runDir, dataset: other, config }), { code: 'checkpoint-data' });
  await assert.rejects(
    run({ runDir, dataset, config, learner: { identities: 7 } }),
    (error: Error & { found?: string; expected?: string }) => {
      assert.equal((error as { code?: string }).code, 'checkpoint-shape');
      assert.match(error.message, /model\/weights/);
      assert.equal(error.found, 'float32 [5, 49]');
      assert.equal(error.expected, 'float32 [8, 49]');
      return true;
    },
  );
});

test('what does not change a step may change: micro-batches, name, tracking', async (t) => {
  const runDir = await temporaryFolder(t);
  await run({ runDir, dataset, config, stopAfter: 7 });
  const changed = { ...config, name: 'renamed', train: { ...config.train, accumulation: 2 } };
  const { result } = await run({ runDir, dataset, config: changed });
  assert.equal(result.status, 'finished');
  assert.deepEqual((await leavings(runDir)).last.tensors, whole.last.tensors);
});
