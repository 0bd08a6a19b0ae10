import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { container, withoutContainers as skip } from '../support/containers.ts';
import { until, writeExperiment } from '../support/external.ts';
import { binary, facecom, temporaryFolder } from '../support/program.ts';

/** The program as a container runs it: numbers of processes, and a host name, of its own. */
const inContainer = (host: string, args: string[], cwd: string) =>
  execa(
    'unshare',
    [...container, 'sh', '-c', 'hostname "$0"; exec "$@"', host, process.execPath, binary, ...args],
    { cwd, env: { NO_COLOR: '1', FACECOM_MLFLOW: 'off' }, reject: false, stdin: 'ignore', timeout: 120_000 },
  );

test('two containers never train a trial twice; the lock of one that is gone is taken over', {
  skip,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const go = join(cwd, 'go');
  const spec = writeExperiment(
    cwd,
    `echo begun >> starts; while [ ! -f ${go} ]; do sleep 0.05; done; finish`,
    {
      more: { sweep: { axes: { seed: [1, 2] } } },
    },
  );
  const folder = join(cwd, 'runs', 'exp');
  const first = inContainer('c3', ['sweep', spec], cwd);
  await until(
    'a trial runs',
    () => existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'starts'))),
  );
  const second = await inContainer('c4', ['sweep', spec, '--json'], cwd);
  assert.equal(second.exitCode, 2, second.stderr);
  assert.match(second.stdout, /"code":"locked".* on c3/);
  first.kill('SIGKILL');
  await first;
  // As a minute later.
  const old = new Date(Date.now() - 10 * 60_000);
  utimesSync(join(folder, 'lock.json'), old, old);
  const status = await facecom(['status', 'exp'], { cwd });
  assert.match(status.stdout, /not seen since \d{4}-\d\d-\d\d \d\d:\d\d/);
  assert.doesNotMatch(status.stdout, /[12] running/);

  writeFileSync(go, '');
  const third = await inContainer('c4', ['sweep', spec], cwd);
  assert.equal(third.exitCode, 0, third.stderr);
  assert.match(third.stderr, /no sign of life.*taking over/);
  const runs = readdirSync(folder).filter((name) => /-\d+$/.test(name));
  assert.equal(new Set(runs.map((name) => name.replace(/-\d+$/, ''))).size, 2);
  const finished = runs.filter((name) =>
    readFileSync(join(folder, name, 'state.jsonl'), 'utf8').includes('"finished"'),
  );
  assert.equal(finished.length, 2);
});
