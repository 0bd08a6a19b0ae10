import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
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

/** A trainer on facecom.py: counts up, slowly if asked to. */
const onHelper = `import json, os, time
import facecom
run = facecom.Run()
total = run.checkpoint and json.loads((run.checkpoint / "state.json").read_text())["total"] or 0
for epoch in run.epochs(total=4):
    time.sleep(float(os.environ.get("SLOWLY", "0")))
    total += epoch * run.params["factor"]
    if total >= run.params.get("fail_at", 1e9):
        raise ValueError("too much \x1b[31m")
    run.log({"train/loss": float("nan"), "val/combined": total}, step=epoch, epoch=epoch)
    run.save(epoch, lambda folder: (folder / "state.json").write_text(json.dumps({"total": total})), score=total)
run.finish({"val/combined": total})
`;

/** An experiment whose trainer is a copy of facecom.py and a script beside it. */
async function withHelper(t: TestContext): Promise<string> {
  const cwd = await temporaryFolder(t);
  copyFileSync(join(packageDir, 'experiments/external/facecom.py'), join(cwd, 'facecom.py'));
  writeFileSync(join(cwd, 'count.py'), onHelper);
  const spec = {
    name: 'count',
    trainer: { command: ['python3', 'count.py'], params: { factor: 1 }, schema: 'params.json' },
    tracking: { mlflow: 'off' },
  };
  writeFileSync(join(cwd, 'count.yaml'), JSON.stringify(spec));
  const number = { type: 'number', maximum: 10 };
  const schema = { additionalProperties: false, properties: { factor: number, fail_at: number } };
  writeFileSync(join(cwd, 'params.json'), JSON.stringify(schema));
  return cwd;
}

test('a script on facecom.py: its own hyperparameters are swept, and part of the id', { skip }, async (t) => {
  const cwd = await withHelper(t);
  const swept = await facecom(
    ['sweep', 'count.yaml', '--axis', 'trainer.params.factor=0.1,0.2', '--json', '--max-parallel', '1'],
    { cwd },
  );
  assert.equal(swept.exitCode, 0, swept.stderr);
  const { best, finished } = swept.json.at(-1);
  assert.equal(finished, 2);
  assert.deepEqual(best.axes, { 'trainer.params.factor': 0.2 });
  assert.equal(best.value, 2);
  const schema = JSON.parse(readFileSync(join(packageDir, 'schemas/record-event.schema.json'), 'utf8'));
  const valid = new Ajv2020({ discriminator: true, strict: false }).compile(schema);
  const lines = runOf(cwd, 'count').text('events.jsonl').trimEnd().split('\n');
  for (const line of lines) assert.ok(valid(JSON.parse(line)), `${line}: ${JSON.stringify(valid.errors)}`);
});

test('a script on facecom.py: interrupted and resumed; its exception is the reason of a failure', {
  skip,
}, async (t) => {
  const cwd = await withHelper(t);
  const program = start(['run', 'count.yaml'], cwd, { SLOWLY: '0.4' });
  await until('an epoch is done', () =>
    existsSync(join(runOf(cwd, 'count').dir, 'checkpoints/last/epoch.json')),
  );
  program.kill('SIGINT');
  assert.equal((await program).exitCode, 130);
  const resumed = await facecom(['resume', 'count', '--json'], { cwd });
  assert.equal(resumed.json.at(-1).metrics['val/combined'], 10);
  const failed = await facecom(['run', 'count.yaml', '--json', '--set', 'trainer.params.fail_at=3'], { cwd });
  assert.equal(failed.exitCode, 1);
  const { error } = failed.json.at(-1);
  assert.deepEqual([error.class, error.code], ['code', 'ValueError']);
  assert.match(error.message, /^too much/);
});

test('trainer.params keep to trainer.schema, in a spec, a flag and a sweep', { skip }, async (t) => {
  const cwd = await withHelper(t);
  const wrong = await facecom(
    ['validate', 'count.yaml', '--json', '--set', 'trainer.params.factor=20', '--set', 'trainer.params.x=1'],
    { cwd },
  );
  assert.deepEqual(
    wrong.json[0].problems.map(({ code, path }: { code: string; path: string }) => `${code} ${path}`),
    ['trainer-params trainer.params.x', 'trainer-params trainer.params.factor'],
  );
  const swept = await facecom(['sweep', 'count.yaml', '--axis', 'trainer.params.factor=1,20', '--json'], {
    cwd,
  });
  assert.equal(swept.exitCode, 2);
  assert.equal(swept.json[0].error.code, 'trainer-params');
  assert.ok(!existsSync(join(cwd, 'runs')));
  writeFileSync(join(cwd, 'params.json'), '{"type": 3}');
  const broken = await facecom(['run', 'count.yaml', '--json'], { cwd });
  assert.equal(broken.exitCode, 2);
  assert.equal(broken.json[0].error.code, 'trainer-schema');
});

test('experiments/external/pytorch.yaml is run by PyTorch', { skip: withoutTorch() }, async (t) => {
  const cwd = await temporaryFolder(t);
  const args = ['run', 'experiments/external/pytorch.yaml', '--runs', join(cwd, 'runs'), '--json'];
  const { exitCode, json, stderr } = await facecom(args, { cwd: packageDir });
  assert.equal(exitCode, 0, stderr);
  assert.ok(json.at(-1).metrics['val/combined'] > 0.5);
});

function withoutTorch(): string | false {
  try {
    execFileSync('python3', ['-c', 'import torch'], { stdio: 'ignore', timeout: 60_000 });
    return false;
  } catch {
    return 'PyTorch is not installed for python3';
  }
}
