import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { AGAIN } from '../../src/orchestrator/cluster/manifest.ts';
import { askToStop, readEnd, writeBatch } from '../../src/record/index.ts';
import { until } from '../support/external.ts';
import { binary, temporaryFolder } from '../support/program.ts';

/** A batch of one pod with two trials; each start leaves a line. */
async function scene(t: TestContext, trainer: string) {
  const folder = await temporaryFolder(t);
  const jobs = join(folder, 'jobs');
  const runs = ['a-1', 'b-1'];
  for (const name of ['jobs', ...runs]) mkdirSync(join(folder, name));
  const script = `cd "$FACECOM_RUN_DIR"; echo >> starts; ${trainer}`;
  writeBatch(folder, {
    ...{ key: 'k', folder: '..', runs, per_job: 2, command: ['/bin/sh', '-c', script], env: {}, cwd: folder },
    ...{ grace: 5, visibility: 1, again_code: AGAIN },
  });
  const pod = () =>
    execa(process.execPath, [binary, 'job', join(jobs, 'k.json'), '0', '--job', 'k_0'], { reject: false });
  return { folder, jobs, pod, ends: () => [0, 1].map((task) => readEnd(jobs, 'k', task)) };
}

const finish = `echo '{"type":"finished","time":1,"metrics":{}}' >> events.jsonl`;

for (const [how, trap] of [
  ['saves', `trap 'exit 0' TERM;`],
  ['does not', ''],
] as const)
  test(`a pod that is told to end, whose trainer ${how}, is not complete: the next one continues with that trial and the rest`, async (t) => {
    const { folder, pod, ends } = await scene(t, `${trap} [ -f ../go ] || { sleep 60 & wait; }; ${finish}`);
    const evicted = pod();
    await until('it runs', () => existsSync(join(folder, 'a-1/starts')));
    evicted.kill('SIGTERM');
    assert.equal((await evicted).exitCode, AGAIN);
    assert.deepEqual(ends(), [undefined, undefined]);
    writeFileSync(join(folder, 'go'), '');
    assert.equal((await pod()).exitCode, 0);
    assert.deepEqual(
      ends().map((end) => end?.code),
      [0, 0],
    );
  });

test('a trial that fails is no affair of Kubernetes: its end is in the record, and another pod leaves it', async (t) => {
  const { folder, pod, ends } = await scene(t, `[ -f ../go ] && ${finish} || exit 3`);
  assert.equal((await pod()).exitCode, 3);
  assert.deepEqual(
    ends().map((end) => end?.code),
    [3, 3],
  );
  writeFileSync(join(folder, 'go'), '');
  const again = await pod();
  assert.equal(again.exitCode, 0);
  assert.equal(again.stderr.match(/has ended already/g)?.length, 2);
});

test('what facecom stop has asked to end is complete', async (t) => {
  const { folder, jobs, pod, ends } = await scene(t, `trap 'exit 0' TERM; sleep 60 & wait`);
  const running = pod();
  await until('it runs', () => existsSync(join(folder, 'a-1/starts')));
  for (const task of [1, 0]) askToStop(jobs, 'k', task, 'save');
  assert.equal((await running).exitCode, 0);
  assert.deepEqual(
    ends().map((end) => end?.told),
    ['stop', 'stop'],
  );
});
