import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isAlive, runOf, start, until } from '../support/external.ts';
import { facecom, packageDir, temporaryFolder } from '../support/program.ts';

const spec = 'experiments/external/external.yaml';
const skip = withoutPython();

function withoutPython(): string | false {
  try {
    execFileSync('python3', ['-c', 'import sys; assert sys.version_info >= (3, 8)'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no python3 from 3.8 on';
  }
}

test('the trainer in Python is run, recorded and kept to the schema', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const runs = join(cwd, 'runs');
  const { exitCode, json, stderr } = await facecom(['run', spec, '--runs', runs, '--json'], {
    cwd: packageDir,
  });
  assert.equal(exitCode, 0, stderr);
  const { metrics } = json.at(-1);
  assert.ok(metrics['val/combined'] > 0.7 && metrics['test/combined'] > 0.6);
  const schema = JSON.parse(readFileSync(join(packageDir, 'schemas/record-event.schema.json'), 'utf8'));
  const valid = new Ajv2020({ discriminator: true, strict: false }).compile(schema);
  const lines = runOf(cwd, 'external').text('events.jsonl').trimEnd().split('\n');
  assert.ok(lines.length > 10);
  for (const line of lines) assert.ok(valid(JSON.parse(line)), `${line}: ${JSON.stringify(valid.errors)}`);

  const elsewhere = await facecom(['run', join(packageDir, spec)], { cwd });
  assert.equal(elsewhere.exitCode, 2);
  assert.match(elsewhere.stderr, /script experiments\/external\/train\.py was not found/);
});

test('interrupted and resumed, it ends as an uninterrupted run does', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const calm = await facecom(['run', spec, '--runs', join(cwd, 'calm'), '--json'], { cwd: packageDir });
  const program = start(['run', spec, '--runs', join(cwd, 'runs')], packageDir, { SLOWLY: '0.4' });
  const run = () => runOf(cwd, 'external');
  await until('an epoch is done', () => existsSync(join(run().dir, 'checkpoints/last/state.json')));
  program.kill('SIGINT');
  assert.equal((await program).exitCode, 130);
  const resumed = await facecom(['resume', run().dir, '--runs', join(cwd, 'runs'), '--json'], {
    cwd: packageDir,
  });
  assert.equal(resumed.exitCode, 0, resumed.stderr);
  assert.deepEqual(resumed.json.at(-1).metrics, calm.json.at(-1).metrics);
  assert.match(run().text('log.txt'), /stopped \(SIGTERM\): the run can be resumed\ngoes on after epoch \d/);
});

test('its trainer saves and ends when facecom is killed', { skip }, async (t) => {
  const cwd = await temporaryFolder(t);
  const program = start(['run', spec, '--runs', join(cwd, 'runs')], packageDir, { SLOWLY: '0.2' });
  const run = () => runOf(cwd, 'external');
  await until('an epoch is done', () => existsSync(join(run().dir, 'checkpoints/last/state.json')));
  const { pid } = run()
    .states()
    .find(({ state }) => state === 'started')!;
  program.kill('SIGKILL');
  await program;
  await until('the trainer is gone', () => !isAlive(pid!));
  assert.match(run().text('log.txt'), /stopped .*the run can be resumed/);
  assert.ok(!run().text('events.jsonl').includes('"finished"'));
});
