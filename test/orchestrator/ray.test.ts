import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { execa } from 'execa';
import { rayAddress, rayToken } from '../../src/orchestrator/cluster/ray/client.ts';
import { RayEngine } from '../../src/orchestrator/cluster/ray/engine.ts';
import { container, withoutContainers } from '../support/containers.ts';
import { runOf, start, until, writeExperiment } from '../support/external.ts';
import { startFakeRay } from '../support/fake-ray.ts';
import { binary, facecom, temporaryFolder } from '../support/program.ts';

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
    trials_per_job: 1,
    setup: [],
    poll: 1,
    visibility: 1,
  };
  const resources = { device: 'auto', gpus: 0.5, cpus: 2, memory: '1GB', grace: 60 };
  const engine = new RayEngine({ options, resources } as never);
  return { asked, engine, address };
}

const submission = { key: 'fc-a', jobs: 1, kind: 0, script: 'exec true', out: '/r/jobs/fc-a.{job}.out' };

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
    if (method === 'POST') return body?.submission_id === 'fc-refused' ? { status: 403 } : 'none';
    const job = jobs.get(path.split('/').at(-1)!);
    return job ? { status: 200, body: job } : { status: path === '/api/version' ? 401 : 404 };
  });
  await assert.rejects(engine.submit(submission), { kind: 'unknown', message: /already exists/ });
  assert.deepEqual(await engine.find('fc-a'), ['fc-a']);
  await assert.rejects(engine.submit({ ...submission, key: 'fc-b' }), { kind: 'unknown' });
  assert.deepEqual(await engine.find('fc-b'), []);
  await assert.rejects(engine.submit({ ...submission, key: 'fc-refused' }), { kind: 'full' });
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
  const told = (key: string) => engine.explain({ key, id: key, jobs: [0] });
  assert.equal(await told('gone'), undefined);
  assert.match(((await told('stopped')) as { cancelled: string }).cancelled, /stopped outside/);
});

test('the token is found where Ray looks for it, and never printed', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'token');
  writeFileSync(file, 'secret-of-file\n');
  const none = { from: join(folder, 'none'), value: undefined };
  assert.equal(rayToken({}), undefined);
  assert.deepEqual(rayToken({ RAY_AUTH_TOKEN: 'a', RAY_AUTH_TOKEN_PATH: file })?.value, 'a');
  assert.deepEqual(rayToken({ RAY_AUTH_TOKEN_PATH: file }), { from: file, value: 'secret-of-file' });
  assert.deepEqual(rayToken({ RAY_AUTH_TOKEN_PATH: none.from }), none);
  assert.match(rayToken({ RAY_AUTH_MODE: 'token' })!.from, /\.ray\/auth_token$/);
  const { address } = await hostile(t, (_method, path) => ({ status: path === '/api/version' ? 401 : 403 }));
  const spec = writeExperiment(folder, 'finish 0.5', { resources: { launcher: { name: 'ray', address } } });
  const unset = { RAY_AUTH_MODE: '', RAY_AUTH_TOKEN: '', RAY_AUTH_TOKEN_PATH: '' };
  for (const [env, words] of [
    [{}, /asks for a token[\s\S]*with no token\n/],
    [{ RAY_AUTH_TOKEN_PATH: none.from }, /asks for a token[\s\S]*no token: \S+none cannot be read/],
    [{ RAY_AUTH_TOKEN_PATH: file }, /refuses the token[\s\S]*the token of \S+token\n/],
  ] as const) {
    const { exitCode, stdout, stderr } = await facecom(['run', spec], {
      cwd: folder,
      env: { ...unset, ...env },
    });
    assert.equal(exitCode, 2);
    assert.match(stderr, words);
    assert.match(stderr, /remedy: +Set RAY_AUTH_TOKEN to it/);
    assert.doesNotMatch(stdout + stderr, /secret/);
  }
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

/** Runs for a minute, and ends in order when it is asked to. */
const STOPPABLE = `trap 'event "{\\"type\\":\\"stopped\\",\\"time\\":1}"; exit 0' TERM; echo began; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`;

/** A spec on a Ray with faults, and how often each trial's trainer began and has finished. */
async function onFake(t: TestContext, script: string) {
  const cwd = await temporaryFolder(t);
  const ray = await startFakeRay(t);
  const launcher = { name: 'ray', address: ray.address, poll: 0.3, visibility: 0.5 };
  const spec = writeExperiment(cwd, script, {
    resources: { cpus: 1, gpus: 0, launcher },
    more: {
      sweep: { axes: { 'optimizer.lr': [0.1, 0.2] }, objective: { metric: 'val/combined', mode: 'max' } },
    },
  });
  const folder = join(cwd, 'runs/exp');
  const count = (file: string, word: string) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /-\d+$/.test(name) && existsSync(join(folder, name, file)))
          .map((name) => readFileSync(join(folder, name, file), 'utf8').split(word).length - 1)
          .filter((times) => times > 0)
      : [];
  return {
    ...{ cwd, ray, spec, began: () => count('log.txt', 'began') },
    finished: () => count('events.jsonl', '"finished"'),
  };
}

test('a head that forgets its jobs: those that ran are tried again, the others submitted again; each finishes once', async (t) => {
  const { cwd, ray, spec, began, finished } = await onFake(t, 'echo began; sleep 0.8; finish 0.5');
  // No room at first; then one job that waits, and one that runs.
  ray.faults.push(429, 'stillborn');
  const program = facecom(['sweep', spec, '--json'], { cwd });
  await until('one runs, and one waits', () => began().length === 1 && ray.posts.length === 3);
  ray.forget();
  const { exitCode, json, stderr } = await program;
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 2);
  assert.deepEqual(finished(), [1, 1]);
  assert.deepEqual(began().sort(), [1, 2]);
  // An id is never used again for another attempt.
  assert.equal(new Set(ray.posts).size, ray.posts.length);
  assert.match(stderr, /ray has lost a job that had not begun/);
});

test('a head that is away is no failure while jobs are open: the next command takes them up by their record', async (t) => {
  const { cwd, ray, spec, began, finished } = await onFake(
    t,
    'echo began; while [ ! -f ../../../go ]; do sleep 0.05; done; finish 0.5',
  );
  const first = start(['sweep', spec], cwd);
  await until('both run', () => began().length === 2);
  first.kill('SIGKILL');
  await first;
  ray.close();
  const second = facecom(['sweep', spec, '--json'], { cwd });
  writeFileSync(join(cwd, 'go'), '');
  const { exitCode, json, stderr } = await second;
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /no Ray dashboard.*Jobs of an earlier command are followed by the record/);
  assert.equal(json.at(-1).finished, 2);
  assert.deepEqual(began(), [1, 1]);
  assert.deepEqual(finished(), [1, 1]);
  assert.equal(ray.posts.length, 2);
  // With nothing open it is an error of the user's.
  const third = await facecom(['sweep', spec, '--force'], { cwd });
  assert.equal(third.exitCode, 2);
  await ray.listen();
});

test('several trials a submission: each finishes once, also where the head forgets the job between two', async (t) => {
  const { cwd, ray, spec, began, finished } = await onFake(t, 'echo began; sleep 0.6; finish 0.5');
  const list = '--set=resources.launcher.trials_per_job=2';
  const program = facecom(['sweep', spec, list, '--json'], { cwd });
  await until('the first runs', () => began().length === 1);
  ray.forget();
  const { exitCode, json, stderr } = await program;
  assert.equal(exitCode, 0, stderr);
  assert.equal(json.at(-1).finished, 2);
  assert.deepEqual(finished(), [1, 1]);
  assert.deepEqual(began().sort(), [1, 2]);
  const plan = await facecom(['sweep', spec, list, '--force', '--dry-run', '--json'], { cwd });
  assert.deepEqual(plan.json.at(-1).jobs, { launcher: 'ray', count: 0, trials_per_job: 2 });
});

test('stop ends the jobs of Ray whose command is gone; resume --launcher continues here', async (t) => {
  const script = `[ -f go ] && finish 0.5 && exit; trap 'touch go; event "{\\"type\\":\\"stopped\\",\\"time\\":1}"; exit 0' TERM; echo began; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`;
  const { cwd, ray, spec, began, finished } = await onFake(t, script);
  const program = start(['sweep', spec], cwd);
  await until('both run', () => began().length === 2);
  program.kill('SIGKILL');
  await program;
  const stopped = await facecom(['stop', 'exp'], { cwd });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.match(stopped.stdout + stopped.stderr, /2 jobs ended, 2 of which had begun/);
  assert.deepEqual(ray.stops.sort(), ray.posts.toSorted());
  const resumed = await facecom(['resume', 'exp', '--launcher', 'local', '--json'], { cwd });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  assert.equal(resumed.json.at(-1).finished, 2);
  assert.deepEqual(finished(), [1, 1]);
  assert.equal(ray.posts.length, 2);
  // The record keeps where it continues.
  assert.match(readFileSync(join(cwd, 'runs/exp/sweep.json'), 'utf8'), /resources\.launcher\.name=local/);
});

test('from another machine a run is stopped by its folder; for a sweep the machine that runs it is named', {
  skip: withoutContainers,
}, async (t) => {
  const { cwd, spec, began } = await onFake(t, STOPPABLE);
  const program = start(['sweep', spec, '--json'], cwd);
  await until('both run', () => began().length === 2);
  const elsewhere = (...args: string[]) =>
    execa(
      'unshare',
      [...container, 'sh', '-c', 'hostname login2; exec "$@"', 'sh', process.execPath, binary, ...args],
      {
        ...{ cwd, env: { NO_COLOR: '1' }, reject: false, stdin: 'ignore' as const },
      },
    );
  const sweep = await elsewhere('stop', 'exp');
  assert.equal(sweep.exitCode, 2);
  assert.match(sweep.stderr, /stop-elsewhere/);
  for (const run of readdirSync(join(cwd, 'runs/exp')).filter((name) => /-1$/.test(name))) {
    const stopped = await elsewhere('stop', `exp/${run}`);
    assert.equal(stopped.exitCode, 0, stopped.stderr);
  }
  assert.equal((await program).stdout.split('"type":"stopped"').length - 1, 2);
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

test('stop ends a job of Ray, and its trainer saves', { skip: withoutRay }, async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, STOPPABLE, {
    resources: { cpus: 1, gpus: 0, launcher: { name: 'ray', poll: 0.5, visibility: 2 } },
  });
  const program = start(['run', spec], cwd);
  const log = () => join(runOf(cwd).dir, 'log.txt');
  await until('it runs', () => existsSync(log()) && readFileSync(log(), 'utf8').includes('began'));
  program.kill('SIGKILL');
  await program;
  const stopped = await facecom(['stop', 'last'], { cwd });
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.match(readFileSync(join(runOf(cwd).dir, 'events.jsonl'), 'utf8'), /"stopped"/);
});
