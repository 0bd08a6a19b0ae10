import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readEvents } from '../../src/record/index.ts';
import { readCursor } from '../../src/tracking/index.ts';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { withoutNative } from '../support/native.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';
import { withoutMlflow } from '../tracking/support/server.ts';

const tiny = join(packageDir, 'experiments/tiny.yaml');

describe('a run and MLflow', { skip: withoutNative || withoutMlflow }, () => {
  it('finishes where no server answers, is sent later, and is there once', async (t) => {
    const cwd = await temporaryFolder(t);
    t.after(() => facecom(['ui', '--stop'], at(cwd)));
    const closed = 'http://127.0.0.1:9';
    const run = await facecom(['run', tiny, '--json', '--set', `tracking.mlflow=${closed}`], at(cwd));
    assert.equal(run.exitCode, 0, run.stderr);
    assert.match(run.stderr, /facecom sync/);
    const { metrics, run: id } = run.json.at(-1);

    const sent = await facecom(['sync', '--json'], at(cwd));
    assert.equal(sent.exitCode, 1);
    assert.doesNotMatch(sent.stderr, /\n\s+at /);

    const ui = await facecom(['ui', '--no-sync', '--json'], at(cwd));
    assert.equal(ui.exitCode, 0, ui.stderr);
    const address: string = new URL(/http:\/\/127\.0\.0\.1:\d+/.exec(ui.stdout)![0]).origin;
    for (const round of ['first', 'second']) {
      const again = await facecom(['sync', '--uri', address, '--json'], at(cwd));
      assert.equal(again.exitCode, 0, `${round}: ${again.stderr}`);
    }
    const found = await search(address, id.split('/').at(-1));
    assert.equal(found.length, 1);
    const stored = Object.fromEntries(
      found[0].data.metrics.map(({ key, value }: { key: string; value: number }) => [key, value]),
    );
    assert.equal(stored['test/combined'], metrics['test/combined']);

    await killedAndResumed(cwd, address);
    await sweepThatTells(t, cwd, address);

    const stop = await facecom(['ui', '--stop'], at(cwd));
    assert.equal(stop.exitCode, 0, stop.stderr);
    await assert.rejects(fetch(`${address}/health`));
  });

  it('says that a port is in use', async (t) => {
    const cwd = await temporaryFolder(t);
    await facecom(['run', tiny, '--quiet', '--set', 'train.epochs=1'], at(cwd));
    t.after(() => facecom(['ui', '--stop'], at(cwd)));
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    t.after(() => server.close());
    const { port } = server.address() as { port: number };
    const ui = await facecom(['ui', '--no-sync', '--port', String(port)], at(cwd));
    assert.equal(ui.exitCode, 2, ui.stderr);
    assert.match(ui.stderr, /error\[port-in-use\]/);
  });
});

/** A run that is killed, follower and all, trains some steps again: MLflow has each of them once. */
async function killedAndResumed(cwd: string, address: string): Promise<void> {
  const spec = writeExperiment(
    cwd,
    `from=$(cat checkpoints/last 2> /dev/null || echo 0)
for step in $(seq $((from + 1)) 60); do
  event "{\\"type\\":\\"metric\\",\\"time\\":$(date +%s000),\\"step\\":$step,\\"values\\":{\\"loss\\":$$}}"
  [ $((step % 20)) = 0 ] && echo $step > checkpoints/last
  sleep 0.1
done
finish`,
    { more: { tracking: { mlflow: address } } },
  );
  const env = { FACECOM_MLFLOW: '', ...at(cwd).env };
  const program = start(['run', spec], cwd, env);
  await until('steps are sent', () =>
    Object.values(readCursor(runOf(cwd).dir)?.sent ?? {}).some(({ events }) => events > 0),
  );
  const { dir } = runOf(cwd);
  const steps = () => readEvents(dir).flatMap((event) => (event.type === 'metric' ? [event.step] : []));
  await until('steps are done that no checkpoint has', () => steps().length > 25);
  program.kill('SIGKILL');
  await program;
  const resumed = await facecom(['resume', dir], { cwd, env });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  const sent = await facecom(['sync', dir, '--json'], { cwd, env });
  assert.equal(sent.exitCode, 0, sent.stderr);
  assert.ok(steps().length > 60, 'some steps were done twice');
  const run = Object.values(readCursor(dir)!.sent)[0]!.run;
  const query = new URLSearchParams({ run_id: run, metric_key: 'loss', max_results: '1000' });
  const answer = await fetch(`${address}/api/2.0/mlflow/metrics/get-history?${query}`);
  const { metrics: history = [] } = (await answer.json()) as { metrics?: { step: number }[] };
  assert.deepEqual(
    history.map(({ step }) => Number(step)).sort((a, b) => a - b),
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
}

/** The message of a sweep's end names its page, as that of a run does. */
async function sweepThatTells(t: TestContext, cwd: string, address: string): Promise<void> {
  const got: { kind: string; mlflow?: string }[] = [];
  const hook = createHttpServer((request, answer) => {
    request.on('data', (body) => got.push(JSON.parse(String(body))));
    request.on('end', () => answer.end());
  }).listen(0, '127.0.0.1');
  t.after(() => hook.close());
  await once(hook, 'listening');
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  const more = {
    tracking: { mlflow: address },
    notify: { url, on: ['finished'] },
    sweep: { axes: { 'trainer.params.x': [1, 2] } },
  };
  const spec = writeExperiment(cwd, 'sleep 2; finish', { name: 'told', more });
  const sweep = await facecom(['sweep', spec], at(cwd));
  assert.equal(sweep.exitCode, 0, sweep.stderr);
  assert.deepEqual(
    got.map(({ kind, mlflow }) => [kind, mlflow?.startsWith(`${address}/#/experiments/`)]),
    [['sweep', true]],
  );
}

/** The local server's data goes with the test's folder. */
const at = (cwd: string) => ({ cwd, env: { FACECOM_DATA_DIR: join(cwd, 'data') } });

/** The runs of a server whose folder's name ends with a text. */
async function search(address: string, text: string): Promise<any[]> {
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${address}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, any[]>;
  };
  const { experiments = [] } = await post('experiments/search', { max_results: 100 });
  const ids = experiments.map(({ experiment_id }) => experiment_id);
  const { runs = [] } = await post('runs/search', { experiment_ids: ids, max_results: 100 });
  return runs.filter(({ data }) =>
    data.tags.some(
      (tag: { key: string; value: string }) => tag.key === 'facecom.run' && tag.value.endsWith(text),
    ),
  );
}
