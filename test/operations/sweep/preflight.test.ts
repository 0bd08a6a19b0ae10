import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accumulationFor,
  cornersOf,
  knows,
  mostOf,
  sizeOf,
} from '../../../src/operations/sweep/preflight/corners.ts';
import { tooLarge } from '../../../src/operations/sweep/preflight/refuse.ts';
import type { PreflightRun } from '../../../src/record/index.ts';
import { resolveConfig } from '../../../src/spec/index.ts';
import { expandSweep } from '../../../src/sweep/index.ts';
import { read } from '../../support/specs.ts';

const text = `name: a
sweep:
  axes:
    model.backbone: [resnet18, resnet50]
    train.batch_size: [16, 64]
    data.image_size: [64, 112]
`;

const config = (backbone: string, batch_size: number, image_size = 112, accumulation = 1) =>
  resolveConfig({
    name: 'a',
    model: { backbone },
    train: { batch_size, accumulation },
    data: { image_size },
  });

const run = (batch_size: number, more: Partial<PreflightRun> = {}): PreflightRun => ({
  ...{
    time: 1,
    device: 'cpu',
    backbone: 'resnet50',
    image_size: 112,
    batch_size,
    accumulation: 1,
    fits: true,
  },
  ...more,
});

test('the costliest trial of each backbone has the most pixels a micro-batch', async (t) => {
  const { trials } = expandSweep(await read(t, text));
  assert.deepEqual(
    cornersOf(trials).map(({ config }) => sizeOf(config)),
    ['resnet18', 'resnet50'].map((backbone) => ({
      backbone,
      image_size: 112,
      batch_size: 64,
      accumulation: 1,
    })),
  );
  assert.deepEqual(
    cornersOf(
      trials.map((trial) => ({
        ...trial,
        config: { ...trial.config, trainer: { ...trial.config.trainer, command: ['x'] } },
      })),
    ),
    [],
  );
});

test('what was tried is not tried again, and of what fitted the most memory counts', () => {
  const tried = [
    run(64, { fits: false, memory_bytes: 9 }),
    run(64, { accumulation: 2, memory_bytes: 5, gpu_memory_bytes: 3 }),
  ];
  assert.equal(knows(tried, 'cpu', sizeOf(config('resnet50', 64)))?.accumulation, 2);
  assert.equal(knows(tried, 'H100', sizeOf(config('resnet50', 64))), undefined);
  assert.equal(knows(tried, 'cpu', sizeOf(config('resnet50', 32))), undefined);
  assert.deepEqual(mostOf(tried), { memory: 5, gpuMemory: 3 });
  assert.deepEqual(mostOf([]), {});
});

test('trials as large as one that did not fit begin with the micro-batches in which it fitted', () => {
  const tried = [
    run(64, { fits: false }),
    run(64, { accumulation: 2, fits: false }),
    run(64, { accumulation: 4 }),
  ];
  assert.equal(accumulationFor(config('resnet50', 64), tried), 4);
  assert.equal(accumulationFor(config('resnet50', 16), tried), undefined);
  assert.equal(accumulationFor(config('resnet50', 64, 64), tried), 2);
  assert.equal(accumulationFor(config('resnet18', 64), tried), undefined);
  assert.equal(accumulationFor(config('resnet50', 64), [run(64)]), undefined);
});

test('a trial that fits nowhere is refused at the value of the axis that makes it so large', async (t) => {
  const spec = await read(t, text);
  const { trials } = expandSweep(spec);
  const trial = cornersOf(trials)[1]!;
  const error = tooLarge(spec, trial, run(64, { fits: false, memory_bytes: 90e9 }), 16e9);
  assert.deepEqual([error.code, error.exitCode], ['sweep-memory', 2]);
  assert.deepEqual([error.place?.line, error.place?.column], [5, 28]);
  assert.equal(error.expected, 'at most 16.0 GB');
  const single = await read(t, 'name: a\ntrain: {batch_size: 64}\nsweep: {axes: {optimizer.lr: [1, 2]}}\n');
  const [first] = expandSweep(single).trials;
  assert.equal(tooLarge(single, first!, run(64, { fits: false }), 16e9).place?.line, 2);
});
