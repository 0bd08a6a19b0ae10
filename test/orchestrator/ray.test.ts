import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { type TestContext, test } from 'node:test';
import { rayAddress } from '../../src/orchestrator/cluster/ray/client.ts';
import { RayEngine } from '../../src/orchestrator/cluster/ray/engine.ts';
import { writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

type Answer = { status: number; body?: unknown };

/** A Ray that answers as a test wants, and remembers what it was asked. */
async function hostile(t: TestContext, answer: (method: string, path: string, body: any) => Answer | 'none') {
  const asked: Array<{ method: string; path: string; body: any; headers: IncomingMessage['headers'] }> = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body = text === '' ? undefined : JSON.parse(text);
      asked.push({ method: request.method!, path: request.url!, body, headers: request.headers });
      const given = answer(request.method!, request.url!, body);
      if (given === 'none') response.destroy();
      else response.writeHead(given.status).end(JSON.stringify(given.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const options = {
    name: 'ray',
    address,
    resources: { a100: 1 },
    runtime_env: {},
    queue: 0,
    setup: [],
    poll: 1,
    visibility: 1,
  };
  const resources = { device: 'auto', gpus: 0.5, cpus: 2, memory: '1GB', grace: 60 };
  const engine = new RayEngine({ options, resources } as never);
  return { asked, engine, address };
}

const submission = { key: 'fc-a', tasks: 1, kind: 0, script: 'exec true', out: '/r/jobs/fc-a.{task}.out' };

test('a job asks for its share of the cluster, and for the grace that its trainer needs', async (t) => {
  const { engine, asked } = await hostile(t, (_method, path) =>
    path.startsWith('/nodes')
      ? { status: 200, body: { data: { summary: [{ raylet: { resourcesTotal: { CPU: 8, GPU: 1 } } }] } } }
      : { status: 200, body: { submission_id: 'fc-a' } },
  );
  assert.equal(await engine.room(), 4);
  assert.equal(await engine.submit(submission), 'fc-a');
  const { body, headers } = asked.at(-1)!;
  assert.equal(body.submission_id, 'fc-a');
  assert.equal(body.entrypoint_num_cpus, 2);
  assert.equal(body.entrypoint_num_gpus, 0.5);
  assert.equal(body.entrypoint_memory, 1e9);
  assert.deepEqual(body.entrypoint_resources, { a100: 1 });
  assert.equal(body.runtime_env.env_vars.RAY_JOB_STOP_WAIT_TIME_S, '70');
  // Ray refuses what looks like a browser.
  assert.equal(headers['sec-fetch-mode'], undefined);
});

test('an id that exists, or no answer at all, is looked for; the token is sent and refused', async (t) => {
  const jobs = new Map([['fc-a', { submission_id: 'fc-a', status: 'RUNNING' }]]);
  const { engine, asked } = await hostile(t, (method, path, body) => {
    if (method === 'POST' && body?.submission_id === 'fc-a')
      return { status: 500, body: 'Traceback … ValueError: Job with submission_id fc-a already exists.' };
    if (method === 'POST') return 'none';
    const job = jobs.get(path.split('/').at(-1)!);
    return job ? { status: 200, body: job } : { status: path === '/api/version' ? 401 : 404 };
  });
  await assert.rejects(engine.submit(submission), { kind: 'unknown', message: /already exists/ });
  assert.deepEqual(await engine.find('fc-a'), ['fc-a']);
  await assert.rejects(engine.submit({ ...submission, key: 'fc-b' }), { kind: 'unknown' });
  assert.deepEqual(await engine.find('fc-b'), []);
  process.env.RAY_AUTH_TOKEN = 'secret-token';
  await assert.rejects(engine.check(), { code: 'ray-refused' });
  delete process.env.RAY_AUTH_TOKEN;
  assert.equal(asked.at(-1)!.headers.authorization, 'Bearer secret-token');
});

test('a job that a restarted head has forgotten is not explained; a stopped one is no failure', async (t) => {
  const { engine } = await hostile(t, (_method, path) =>
    path.endsWith('/gone')
      ? { status: 404 }
      : {
          status: 200,
          body: { submission_id: 'stopped', status: 'STOPPED', message: 'Job was intentionally stopped.' },
        },
  );
  const told = (key: string) => engine.explain({ key, id: key, tasks: [0] });
  assert.equal(await told('gone'), undefined);
  assert.match(((await told('stopped')) as { cancelled: string }).cancelled, /stopped outside/);
});

test('a wrong address is said before anything is launched', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish 0.5', {
    resources: { launcher: { name: 'ray', address: 'http://127.0.0.1:9' } },
  });
  const { exitCode, stderr } = await facecom(['run', spec], { cwd });
  assert.equal(exitCode, 2);
  assert.match(stderr, /ray-unreachable.*\n[\s\S]*ECONNREFUSED/);
  assert.equal(rayAddress(undefined, { RAY_ADDRESS: 'ray://head:10001' }), 'http://127.0.0.1:8265');
  assert.equal(rayAddress(undefined, { RAY_ADDRESS: 'http://head:8265/' }), 'http://head:8265');
});

const withoutRay = process.env.RAY_API_SERVER_ADDRESS ? false : 'there is no Ray at RAY_API_SERVER_ADDRESS';

test('a sweep on Ray: each trial finishes once', { skip: withoutRay }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'echo began; finish 0.5', {
    resources: { cpus: 1, gpus: 0, launcher: { name: 'ray', poll: 0.5, visibility: 2 } },
    more: {
      sweep: { axes: { 'optimizer.lr': [0.1, 0.2] }, objective: { metric: 'val/combined', mode: 'max' } },
    },
  });
  const { exitCode, json, stderr } = await facecom(['sweep', spec, '--json'], { cwd });
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 2);
});
