import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { FacecomError } from '../../src/base/errors.ts';
import { describeEnvironment } from '../../src/orchestrator/index.ts';
import {
  changeConfig,
  createRunFolder,
  readConfig,
  readConfigIfAny,
  readConfigPart,
  readEnvironment,
  readManifest,
  readOrigins,
  refreshConfig,
  requestStop,
  writeManifest,
} from '../../src/record/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { packageDir, temporaryFolder } from '../support/program.ts';

const config = resolveConfig({ name: 'exp' });

async function runFolder(t: TestContext, environment: object = {}): Promise<string> {
  const runs = await temporaryFolder(t);
  return createRunFolder(
    { runs, name: 'exp', trial: 'abc' },
    { config, spec: '', origins: { name: { kind: 'default' } }, environment },
  );
}

function validator(name: string) {
  const schema = JSON.parse(readFileSync(join(packageDir, 'schemas', `record-${name}.schema.json`), 'utf8'));
  const valid = new Ajv2020({ strict: false }).compile(schema);
  return (value: unknown) => assert.ok(valid(value), JSON.stringify(valid.errors));
}

test('what is written keeps to the schemas and is read back', async (t) => {
  const environment = await describeEnvironment({
    cwd: packageDir,
    seed: 7,
    dataHash: 'f00',
    tensorflow: { version: '2.21.0', kind: 'cpu' },
    gpus: [{ name: 'H100', index: 0 }],
  });
  const dir = await runFolder(t, environment);
  validator('environment')(JSON.parse(readFileSync(join(dir, 'environment.json'), 'utf8')));
  const { gpus, ...rest } = readEnvironment(dir);
  const { gpus: _, ...written } = environment;
  assert.deepEqual([gpus, rest], [[{ name: 'H100' }], written]);
  assert.deepEqual(readConfig(dir), config);
  assert.deepEqual(readConfigIfAny(dir), config);
  assert.deepEqual(readConfigPart(dir), config);
  assert.deepEqual(readOrigins(dir), { name: { kind: 'default' } });
  const manifest = {
    version: 1 as const,
    sweep: 'exp',
    spec: '/exp.yaml',
    set: ['seed=1'],
    cwd: '/',
    time: 5,
    objective: { metric: 'val/combined', mode: 'max' as const },
    repeats: 1,
    trials: [{ id: 'abc', axes: { 'optimizer.lr': 0.1 }, seed: 1, point: 0, repeat: 0 }],
  };
  writeManifest(dir, manifest);
  validator('sweep')(JSON.parse(readFileSync(join(dir, 'sweep.json'), 'utf8')));
  assert.deepEqual(readManifest(dir), manifest);
  requestStop(dir, { kill: true });
  validator('stop')(JSON.parse(readFileSync(join(dir, 'stop.json'), 'utf8')));
});

test('a config that is absent, torn or not whole is one error, which names the file; to be shown it is what can be read', async (t) => {
  const dir = await runFolder(t);
  const file = join(dir, 'config.json');
  for (const [text, found, shown] of [
    ['{"name": "a"', /JSON/, {}],
    ['[]', /no JSON object/, {}],
    [
      '{"name": "a", "data": 3, "tags": "blue", "train": {"epochs": 2}}',
      /no data/,
      { name: 'a', train: { epochs: 2 } },
    ],
    [undefined, /ENOENT/, {}],
  ] as const) {
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    for (const read of [
      () => readConfig(dir),
      () => refreshConfig(dir, config),
      () => changeConfig(dir, { 'train.batch_size': 16 }, 'oom'),
    ])
      assert.throws(
        read,
        (error) =>
          error instanceof FacecomError &&
          error.code === 'run-unreadable' &&
          error.exitCode === 2 &&
          error.place?.file === file &&
          found.test(error.found!),
      );
    assert.equal(readConfigIfAny(dir), undefined);
    assert.deepEqual(readConfigPart(dir), shown);
  }
  writeFileSync(join(dir, 'origins.json'), '{"a": 1, "b": {"kind": "default"}}');
  assert.deepEqual(readOrigins(dir), { b: { kind: 'default' } });
  writeFileSync(
    join(dir, 'environment.json'),
    '{"cwd": 3, "git": null, "gpus": [1, {"name": 2}], "cpu": {"cores": 4}}',
  );
  assert.deepEqual(readEnvironment(dir), { git: null, gpus: [{}], cpu: { cores: 4 } });
});

test('a change after a failure is in the origins; what decides no result is taken from the spec of now', async (t) => {
  const dir = await runFolder(t);
  changeConfig(dir, { 'train.batch_size': 16, 'train.accumulation': 2 }, 'oom');
  assert.deepEqual([readConfig(dir).train.batch_size, readConfig(dir).train.accumulation], [16, 2]);
  assert.deepEqual(readOrigins(dir)['train.batch_size'], {
    kind: 'retry',
    class: 'oom',
    from: config.train.batch_size,
  });
  refreshConfig(dir, resolveConfig({ name: 'exp', seed: 9, description: 'Now.', resources: { grace: 5 } }));
  const { seed, description, resources, train } = readConfig(dir);
  assert.deepEqual([seed, description, resources.grace, train.batch_size], [config.seed, 'Now.', 5, 16]);
});
