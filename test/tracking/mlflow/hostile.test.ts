import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { trackRun, trackSweep } from '../../../src/tracking/index.ts';
import { MlflowClient } from '../../../src/tracking/mlflow/client.ts';
import { pagesOf } from '../../../src/tracking/mlflow/pages.ts';
import { RemoteRun } from '../../../src/tracking/mlflow/remote-run.ts';
import { RunSync } from '../../../src/tracking/mlflow/run-sync.ts';
import { FakeMlflow } from '../support/fake-mlflow.ts';
import { writeRecord } from '../support/record.ts';

const policy = { retries: 1, backoff: 0.01, timeout: 5 };

suite('answers that are none of MLflow', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let runs: string;
  before(async () => {
    runs = mkdtempSync(join(tmpdir(), 'facecom-hostile-'));
    server = createServer((request, response) => {
      request.resume();
      request.on('end', () => answer(request, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(runs, { recursive: true, force: true });
  });
  const base = () => `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  const client = () => new MlflowClient({ base: base(), headers: {} }, { policy });

  test('are reported by the request, whatever their shape', async () => {
    const asks: [string, (client: MlflowClient) => Promise<unknown>][] = [
      ['experiments/search', (client) => client.ping()],
      ['experiments/get-by-name', (client) => client.experimentByName('x')],
      ['experiments/create', (client) => client.createExperiment('x', [])],
      ['runs/search', (client) => client.findRuns('1', "tags.a = 'b'")],
      ['runs/get', (client) => client.run('abc')],
      [
        'runs/create',
        (client) => client.createRun({ experiment_id: '1', run_name: 'r', start_time: 1, tags: [] }),
      ],
      [
        'runs/log-batch',
        (client) => client.logMetrics('abc', [{ key: 'a', value: 1, timestamp: 1, step: 1 }]),
      ],
    ];
    const run = { info: { run_id: '../../x', experiment_id: '1', artifact_uri: 'a' } };
    const anywhere = ['', 'null', '[]', '"text"', '3', '<html>login</html>', '{"a":', '\u0000\u001b[31m'];
    const inside: Record<string, string[]> = {
      'experiments/search': [
        '{"experiments":3}',
        '{"experiments":[null]}',
        '{"experiments":[{"experiment_id":7}]}',
      ],
      'experiments/get-by-name': [
        '{}',
        '{"experiment":null}',
        '{"experiment":{"experiment_id":"1","tags":{}}}',
      ],
      'experiments/create': ['{}', '{"experiment_id":["1"]}', '{"experiment_id":"a/../b"}'],
      'runs/search': ['{"runs":{}}', '{"runs":[{}]}', JSON.stringify({ runs: [run] })],
      'runs/get': [
        '{}',
        '{"run":{"info":{}}}',
        JSON.stringify({ run }),
        '{"run":{"info":{"run_id":"abc"},"data":[]}}',
      ],
      'runs/create': ['{}', '{"run":[]}', JSON.stringify({ run })],
    };
    for (const [path, ask] of asks)
      for (const body of [...anywhere, ...(inside[path] ?? [])]) {
        answer = (_, response) => response.end(body);
        await assert.rejects(ask(client()), (error: Error & { code?: string; found?: string }) => {
          assert.equal(error.code, 'mlflow-answer', `${path} ${body}: ${error.message}`);
          assert.match(error.message, new RegExp(`not MLflow's answer to ${path}`));
          assert.doesNotMatch(error.found ?? '', /\p{Cc}/u);
          return true;
        });
      }
  });

  test('are not read beyond what MLflow would send', async () => {
    let written = 0;
    answer = (_, response) => {
      const chunk = Buffer.alloc(1 << 20, 0x20);
      const write = () => {
        while (!response.destroyed && written < 500) {
          written++;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    };
    await assert.rejects(client().ping(), { code: 'mlflow-answer', found: 'more than 64 MB' });
    assert.ok(written < 200, `${written} MB of 500 were sent`);
  });

  test('of a server that hangs are not waited for at the end of a run or sweep', async () => {
    answer = () => {};
    const config = {
      name: 'odd',
      tracking: { mlflow: base(), from: 'orchestrator' as const, changes: false, experiment: 'x' },
    };
    const notes: string[] = [];
    const note = (line: string) => notes.push(line);
    const runDirs = ['a', 'b', 'c'].map((trial) =>
      writeRecord({ runs, name: 'hang', trial, end: 'finished' }),
    );
    const sweep = trackSweep({ sweepDir: join(runs, 'hang'), runs, config, note });
    for (const runDir of runDirs) void sweep.run(runDir).close({ timeout: 60 });
    const started = performance.now();
    const [closed] = await Promise.all([
      sweep.close({ timeout: 1 }),
      trackRun({ runDir: writeRecord({ runs, name: 'hang-run' }), runs, config, note }).close(),
    ]);
    assert.equal(closed.sent, false);
    assert.ok(performance.now() - started < 8000, `${performance.now() - started} ms`);
    assert.match(notes.join('\n'), /waiting at most 5 seconds/);
    assert.match(notes.join('\n'), /the server has not answered\. `facecom sync` sends the rest/);
  });

  test('that refuse a sweep end the waiting of its runs, and are reported once', async () => {
    const experiment = { experiment_id: '1', name: 'x', lifecycle_stage: 'deleted', tags: [] };
    answer = ({ url }, response) =>
      response.end(url!.includes('get-by-name') ? JSON.stringify({ experiment }) : '{"experiments":[]}');
    const config = {
      name: 'odd',
      tracking: { mlflow: base(), from: 'orchestrator' as const, changes: false, experiment: 'x' },
    };
    const notes: string[] = [];
    const runDir = writeRecord({ runs, name: 'refused', end: 'finished' });
    const sweep = trackSweep({
      sweepDir: join(runs, 'refused'),
      runs,
      config,
      note: (line) => notes.push(line),
    });
    void sweep.run(runDir).close({ timeout: 60 });
    const started = performance.now();
    assert.equal((await sweep.close()).sent, false);
    assert.ok(performance.now() - started < 8000, `${performance.now() - started} ms`);
    assert.match(notes.join('\n'), /^MLflow: The experiment x was deleted [^\n]*$/);
  });
});

suite('a create', () => {
  let server: FakeMlflow;
  let runs: string;
  before(async () => {
    runs = mkdtempSync(join(tmpdir(), 'facecom-twins-'));
    server = await FakeMlflow.start();
  });
  after(async () => {
    await server.stop();
    rmSync(runs, { recursive: true, force: true });
  });
  const open = async (trial: string) => {
    const client = new MlflowClient({ base: server.base, headers: {} }, { policy });
    const dir = writeRecord({ runs, trial });
    return RemoteRun.open(
      client,
      { dir, target: 'test' },
      { key: async () => trial, experiment: '1', name: trial, start: 1, note: '' },
    );
  };
  const left = (key: string) => server.runs.filter((run) => run.key === key && !run.deleted);

  test('that was done twice leaves one run', async () => {
    server.doubling = true;
    const remote = await open('doubled');
    server.doubling = false;
    assert.deepEqual(
      left('doubled').map(({ id }) => id),
      [remote.id],
    );
    assert.equal(server.runs.filter(({ key }) => key === 'doubled').length, 2);
  });

  test('whose answer was lost, or is none, leaves one run', async () => {
    for (const losing of ['reset', 'garbage'] as const) {
      server.losing = losing;
      const remote = await open(losing);
      server.losing = undefined;
      assert.deepEqual(
        left(losing).map(({ id }) => id),
        [remote.id],
      );
    }
  });

  test('that arrives late leaves one run at the end', async () => {
    const remote = await open('late');
    server.create('late');
    assert.equal(left('late').length, 2);
    await remote.settle();
    assert.deepEqual(
      left('late').map(({ id }) => id),
      [remote.id],
    );
  });
});

test('a server before version 3 has the model among the artifacts of its run, and registers it from there', async (t) => {
  const server = await FakeMlflow.start();
  const runs = mkdtempSync(join(tmpdir(), 'facecom-old-'));
  t.after(async () => {
    await server.stop();
    rmSync(runs, { recursive: true, force: true });
  });
  const client = new MlflowClient({ base: server.base, headers: {} }, { policy });
  assert.equal(await client.version(), '2.14.1');
  const tracking = { experiment: 'old', register: 'faces' };
  const runDir = writeRecord({ runs, config: { tracking }, end: 'finished' });
  mkdirSync(join(runDir, 'model'));
  writeFileSync(join(runDir, 'model', 'model.onnx'), 'no network');
  const card = { input: { size: 8 }, outputs: { identity: { classes: ['a'] } } };
  writeFileSync(join(runDir, 'model', 'model.json'), JSON.stringify(card));
  const sync = new RunSync({ runDir, client, target: 'test', experiment: '1' });
  await sync.pass({ last: true });
  assert.deepEqual([...sync.run!.left], []);
  assert.ok(server.stored.includes('1/run0/artifacts/model/MLmodel'));
  assert.ok(server.stored.includes('1/run0/artifacts/model/model.onnx'));
  const { body } = server.registry.find(({ path }) => path === 'model-versions/create')!;
  assert.deepEqual(body, {
    name: 'faces',
    source: 'mlflow-artifacts:/1/run0/artifacts/model',
    run_id: 'run0',
  });
  assert.deepEqual(server.registry.at(-1)!.body, { name: 'faces', alias: 'newest', version: '4' });
});

test('a page says that models are trained where the server has that switch', () => {
  const base = 'http://127.0.0.1:5000/';
  const query = '?workflowType=machine_learning';
  assert.equal(pagesOf(base, '3.17.2').run('1', 'ab'), `${base}#/experiments/1/runs/ab${query}`);
  assert.equal(pagesOf(base, '2.22.0').run('1', 'ab'), `${base}#/experiments/1/runs/ab`);
  assert.equal(pagesOf(base, undefined).experiment('1'), `${base}#/experiments/1/runs${query}`);
  assert.equal(
    pagesOf(base, '3.4.0').experiment('1', 'best'),
    `${base}#/experiments/1/runs${query}&viewStateShareKey=best`,
  );
});
