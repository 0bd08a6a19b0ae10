import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { earlierRuns, forecastEnd, readPreflight, writePreflight } from '../../src/record/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import { temporaryFolder } from '../support/program.ts';

const trial = (seconds: number, more: object = {}) => ({ seconds, spread: 0, kind: 'a', doubt: 0, ...more });

test('trials start in the slot that is free first; the last end counts, and what each device works', () => {
  const { seconds, device_seconds, endedAfter, trials } = forecastEnd(
    [trial(30), trial(10), trial(10), trial(10)],
    {
      slots: 2,
      devices: 2,
    },
  );
  assert.deepEqual(seconds, { value: 30, low: 30, high: 30 });
  assert.deepEqual([device_seconds.value, trials], [120, 4]);
  assert.deepEqual(
    [5, 10, 20, 30].map((time) => endedAfter(time).value),
    [0, 1, 2, 4],
  );
  assert.equal(forecastEnd([], { slots: 2 }).seconds.value, 0);
});

test('what trials of a kind have in common is wrong for all of them, what is their own averages out', () => {
  const many = Array.from({ length: 100 }, () => trial(10, { spread: 1 }));
  const own = forecastEnd(many, { slots: 1 }).seconds;
  assert.ok(Math.abs(own.high - (1000 + 1.96 * 10)) < 1e-9 && Math.abs(own.low - (1000 - 1.96 * 10)) < 1e-9);
  const common = forecastEnd(
    many.map(() => trial(10, { doubt: 0.2 })),
    { slots: 1 },
  );
  assert.ok(Math.abs(common.seconds.high - 1392) < 1e-9);
  const { low, value, high } = common.endedAfter(500);
  assert.deepEqual([low, value, high], [35, 50, 82]);
});

test('without earlier runs the preflight tells: an epoch takes its steps, a larger image more by its pixels', async (t) => {
  const runs = await temporaryFolder(t);
  const run = { time: 1, device: 'cpu', backbone: 'tiny', batch_size: 16, accumulation: 1, fits: true };
  mkdirSync(join(runs, 'a'));
  writePreflight(join(runs, 'a'), [
    { ...run, image_size: 64, steps: 3, start_seconds: 4, step_seconds: 0.5, epoch_steps: 10 },
  ]);
  assert.equal(readPreflight(join(runs, 'a')).length, 1);
  assert.deepEqual(readPreflight(join(runs, 'b')), []);
  const config = (image_size: number, backbone = 'tiny') =>
    resolveConfig({
      name: 'a',
      data: { image_size },
      model: { backbone },
      train: { epochs: 2, batch_size: 16 },
    });
  const { durations, estimate, finished } = earlierRuns(runs, 'a', [
    { id: 'x', config: config(64) },
    { id: 'y', config: config(128) },
    { id: 'z', config: config(64, 'resnet50') },
  ]);
  assert.deepEqual(
    durations.map((duration) => duration && [duration.seconds, duration.doubt]),
    [[14, 0.3], [44, 0.5], undefined],
  );
  assert.deepEqual([estimate, finished.size], [{ seconds: 58, trials: 2, runs: 0 }, 0]);
});
