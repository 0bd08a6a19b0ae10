import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAbsolute, join } from 'node:path';
import { test } from 'node:test';
import { oneDnnUnfit } from '../../src/install/index.ts';
import { facecom, type Outcome, temporaryFolder } from '../support/program.ts';

const check = (outcome: Outcome, name: string) =>
  outcome.json[0].checks.find((finding: { name: string }) => finding.name === name);

test('doctor: an empty machine is told what to do, and can train', async (t) => {
  const cwd = await temporaryFolder(t);
  const nowhere = join(cwd, 'nowhere');
  mkdirSync(nowhere);
  const env = {
    FACECOM_CACHE_DIR: join(cwd, 'cache'),
    // The server of the user who runs the test is none of this machine.
    FACECOM_DATA_DIR: join(cwd, 'data'),
    FACECOM_TENSORFLOW_DIR: '',
    FACECOM_ONEDNN_DIR: '',
    PATH: nowhere,
    MLFLOW_TRACKING_URI: '',
  };
  const outcome = await facecom(['doctor', '--json'], { cwd, env });
  assert.equal(outcome.exitCode, 0, outcome.stdout);
  const library = oneDnnUnfit() === undefined ? 'onednn' : 'tensorflow';
  for (const name of ['python', library, 'mlflow', 'compute']) {
    assert.equal(check(outcome, name).status, 'warn', name);
    assert.ok(check(outcome, name).remedy, name);
  }
  for (const name of ['node', 'wasm', 'cache', 'runs']) assert.equal(check(outcome, name).status, 'ok', name);
  assert.equal(check(outcome, 'compute').details.backend, 'wasm');
  const { stdout } = await facecom(['doctor'], { cwd, env });
  assert.match(stdout, /^ok {4}node {8}\d+\.\d+\.\d+ on /m);
  assert.match(stdout, /^warn {2}mlflow +not installed, and it cannot be: .*Found: no Python, and no uv\n/m);
  assert.match(stdout, new RegExp(`^warn {2}${library} +not installed.*\\n\\s+Run \`facecom setup\``, 'm'));
});

test('doctor: a runs folder that cannot be written prevents training', async (t) => {
  const cwd = await temporaryFolder(t);
  writeFileSync(join(cwd, 'runs'), 'a file');
  const outcome = await facecom(['doctor', '--json'], {
    cwd,
    env: { FACECOM_CACHE_DIR: join(cwd, 'cache') },
  });
  assert.equal(outcome.exitCode, 1);
  assert.equal(outcome.json[0].ok, false);
  assert.equal(check(outcome, 'runs').status, 'fail');
});

test('doctor: the tracking server answers or not, and its password is not shown', async (t) => {
  const cwd = await temporaryFolder(t);
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/health' ? 200 : 404).end('OK'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (uri: string) =>
    facecom(['doctor', '--json'], {
      cwd,
      env: { FACECOM_CACHE_DIR: join(cwd, 'cache'), MLFLOW_TRACKING_URI: uri },
    });
  const up = await ask(`http://ada:secret@127.0.0.1:${port}`);
  assert.equal(check(up, 'mlflow').status, 'ok', up.stdout);
  server.close();
  server.closeAllConnections();
  const down = await ask(`http://ada:secret@127.0.0.1:${port}`);
  assert.equal(check(down, 'mlflow').status, 'warn');
  assert.doesNotMatch(up.stdout + down.stdout + up.stderr + down.stderr, /secret/);
  assert.equal(check(await ask('sqlite:///x.db'), 'mlflow').status, 'warn');
});

test('doctor: without a home folder', async (t) => {
  const cwd = await temporaryFolder(t);
  const outcome = await facecom(['doctor', '--json'], {
    cwd,
    env: { HOME: '', XDG_CACHE_HOME: '', FACECOM_CACHE_DIR: '' },
  });
  assert.equal(outcome.json.length, 1, outcome.stderr);
  assert.ok(isAbsolute(check(outcome, 'cache').details.path));
  assert.ok(!check(outcome, 'cache').details.path.startsWith(cwd));
});
