import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resume, run } from '../../src/operations/index.ts';
import { runOf, until, writeExperiment } from '../support/external.ts';
import { temporaryFolder } from '../support/program.ts';

const metric = (step: number, value: number) =>
  `event '{"type":"metric","time":1,"step":${step},"epoch":${step},"values":{"val/combined":${value}}}'`;

/** `run` as a library: nothing is printed, and relative paths of trainers are relative to the working folder of the process. */
async function place(t: Parameters<typeof temporaryFolder>[0], script: string) {
  const cwd = await temporaryFolder(t);
  const spec = join(
    cwd,
    writeExperiment(cwd, script, { more: { trainer: { command: [join(cwd, 'exp.sh')] } } }),
  );
  return { cwd, spec, runs: join(cwd, 'runs') };
}

test('a run is a value: its status, metrics and folder; what happens comes to the watcher in order', async (t) => {
  const { spec, runs } = await place(t, `${metric(1, 0.25)}; ${metric(2, 0.5)}; finish 0.75`);
  const seen: string[] = [];
  const result = await run(spec, {
    runs,
    set: ['tags.from=test'],
    watch: ({ id, config }) => {
      seen.push(`${id.split('/')[0]} ${JSON.stringify(config.tags)}`);
      return {
        event: (event) => seen.push(event.type),
        retry: () => seen.push('retry'),
        note: () => {},
        close: () => seen.push('close'),
      };
    },
  });
  assert.equal(result.status, 'finished');
  assert.deepEqual(result.metrics, { 'val/combined': 0.75 });
  assert.match(result.run, /^exp\/[0-9a-f]+-1$/);
  assert.ok(existsSync(join(result.dir, 'artifacts')));
  assert.deepEqual(seen, ['exp {"from":"test"}', 'metric', 'metric', 'finished', 'close']);
});

test('a run that fails is a result too; what cannot be launched is an error', async (t) => {
  const { spec, runs } = await place(t, 'echo broken >&2; exit 3');
  const { status, failure, metrics } = await run(spec, { runs });
  assert.equal(status, 'failed');
  assert.equal(failure?.class, 'code');
  assert.deepEqual(metrics, {});
  await assert.rejects(run(spec, { runs, set: ['trainer.command=["./absent.sh"]'] }), {
    code: 'trainer-missing',
  });
  await assert.rejects(run('absent.yaml', { runs }), { code: 'spec-missing', exitCode: 2 });
});

test('a stopped run is resumed to its end', async (t) => {
  const { cwd, spec, runs } = await place(
    t,
    `if [ -e saved ]; then finish 0.5; exit 0; fi; trap 'touch saved; exit 0' TERM; : > begun; while :; do sleep 0.05; done`,
  );
  const stop = new AbortController();
  const running = run(spec, { runs, stop: stop.signal });
  await until('the trainer runs', () => existsSync(join(runOf(cwd).dir, 'begun')));
  stop.abort();
  assert.equal((await running).status, 'stopped');
  const resumed = await resume('exp', { runs });
  assert.equal(resumed.kind, 'run');
  assert.equal(runOf(cwd).states().at(-1)!.state, 'finished');
  const again = await resume('exp', { runs });
  assert.ok(again.kind === 'run' && again.before && again.result.status === 'finished');
});
