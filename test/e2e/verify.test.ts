import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSafetensors, writeSafetensors } from '../../src/trainer/checkpoint/safetensors.ts';
import { runOf, writeExperiment } from '../support/external.ts';
import { withoutNative } from '../support/native.ts';
import { facecom, temporaryFolder } from '../support/program.ts';
import { trainedTiny } from '../support/trained.ts';

const asides = () => readdirSync(tmpdir()).filter((name) => name.startsWith('facecom-aside-'));

test('a run is trained again equal to the bit; one whose record was changed differs at that step and tensor', {
  skip: withoutNative,
}, async (t) => {
  const there = await trainedTiny(t, 'train.epochs=2', 'train.checkpoints.keep_last=true');
  const { dir, run } = there.run;
  const verify = (...args: string[]) => there.facecom('verify', run, '--json', ...args);
  const files = readdirSync(dir, { recursive: true }).sort();
  const same = await verify();
  assert.equal(same.exitCode, 0, same.stderr);
  const [result] = same.json;
  assert.deepEqual([result.verdict, result.whole, result.largest, result.changes], ['equal', true, 0, []]);
  // The weights twice, and the optimizer's state of last.safetensors.
  assert.ok(result.compared.losses > 0 && result.compared.metrics > 20 && result.compared.tensors > 50);
  assert.deepEqual(readdirSync(dir, { recursive: true }).sort(), files, 'the record is left as it is');

  const path = join(dir, 'checkpoints', 'last.safetensors');
  const { tensors, metadata } = await readSafetensors(path);
  const [name, tensor] = [...tensors].find(([, { dtype }]) => dtype === 'float32')!;
  tensor.data[0] = tensor.data[0]! * 1.5;
  await writeSafetensors(path, tensors, metadata);
  const other = await verify();
  assert.equal(other.exitCode, 1);
  assert.equal(other.json[0].verdict, 'different');
  assert.equal(other.json[0].tensor.what, `${name} of checkpoints/last.safetensors`);
  // What training continues from is compared at its own step alone.
  const part = await verify('--steps', String(result.steps / 2));
  assert.deepEqual([part.json[0].verdict, part.json[0].whole], ['equal', false], part.stderr);
  assert.equal(part.json[0].steps, result.steps / 2);

  // A damaged file is told before anything is trained.
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
  const damaged = await verify();
  assert.deepEqual([damaged.exitCode, /checkpoint-damaged/.test(damaged.stderr)], [1, true], damaged.stderr);
  writeFileSync(path, bytes);

  const config = join(dir, 'config.json');
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace(/"seed": ?42\b/, '"seed":43'));
  const seed = await verify('--steps', '2');
  assert.deepEqual([seed.json[0].verdict, seed.json[0].first.what], ['different', 'loss'], seed.stderr);
  writeFileSync(config, text);

  const environment = join(dir, 'environment.json');
  const then = JSON.parse(readFileSync(environment, 'utf8'));
  writeFileSync(environment, JSON.stringify({ ...then, data_hash: 'of another data set' }));
  const changed = await verify();
  assert.equal(changed.exitCode, 2);
  assert.match(changed.stderr, /verify-changed/);
});

test('a trainer of another make is run again whole; what its record does not tell of is not compared', async (t) => {
  const cwd = await temporaryFolder(t);
  const metric = (value: string) =>
    `event '{"type":"metric","time":1,"step":4,"epoch":1,"values":{"val/combined":'${value}'}}'`;
  const spec = writeExperiment(cwd, `${metric('0.5')}\nfinish 0.5`);
  assert.equal((await facecom(['run', spec, '--quiet'], { cwd })).exitCode, 0);
  const before = asides();
  const verify = (...args: string[]) => facecom(['verify', 'exp', ...args], { cwd });
  assert.match((await verify()).stdout, /equal to the bit/);
  const limited = await verify('--steps', '2');
  assert.deepEqual([limited.exitCode, /verify-steps/.test(limited.stderr)], [2, true], limited.stderr);

  writeExperiment(cwd, `${metric('0.500001')}\nfinish 0.5`);
  const close = await verify();
  assert.deepEqual([close.exitCode, /within 0\.0001 \(largest difference 2/.test(close.stdout)], [0, true]);

  writeExperiment(cwd, `${metric('0.25')}\nfinish 0.5`);
  const different = await verify();
  assert.equal(different.exitCode, 1, different.stderr);
  assert.match(different.stdout, /differs at step 4, val\/combined\./);
  assert.match(different.stdout, /recorded 0.5, now 0.25/);

  writeExperiment(cwd, 'exit 3');
  const failed = await verify();
  assert.deepEqual([failed.exitCode, /verify-failed/.test(failed.stderr)], [1, true], failed.stderr);
  assert.deepEqual(asides(), before);

  const empty = writeExperiment(cwd, 'exit 3', { name: 'empty' });
  await facecom(['run', empty, '--quiet'], { cwd });
  const nothing = await facecom(['verify', 'empty'], { cwd });
  assert.deepEqual([nothing.exitCode, /verify-steps/.test(nothing.stderr)], [2, true], nothing.stderr);
  assert.ok(existsSync(runOf(cwd, 'empty').dir));
  appendFileSync(join(runOf(cwd, 'empty').dir, 'events.jsonl'), '{"type":"progress"\n');
});
