import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPreflight, scanRuns } from '../../src/record/index.ts';
import { withoutNative } from '../support/native.ts';
import { place, sets, tiny } from '../support/trained.ts';

test('the costliest trial is tried before a sweep, once, and tells how long the rest takes', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, facecom } = await place(t);
  const write = (rates: number[]) =>
    writeFileSync(
      join(cwd, 'tiny.yaml'),
      `${readFileSync(tiny, 'utf8')}sweep: {preflight: always, axes: {train.batch_size: [4, 8], optimizer.lr: ${JSON.stringify(rates)}}}\n`,
    );
  write([0.001]);
  const set = sets('train.epochs=1', 'model.backbone=tiny');
  const sweep = (...args: string[]) => facecom('sweep', 'tiny.yaml', ...set, ...args);
  const first = await sweep('--max-parallel', '1');
  assert.equal(first.exitCode, 0, first.stderr);
  assert.match(first.stderr, /preflight: 3 steps of tiny at 8 × 32² on cpu/);
  assert.match(first.stderr, /preflight: .* a step, .* of memory/);
  const [run, ...others] = readPreflight(join(cwd, 'runs', 'tiny'));
  assert.deepEqual(others, []);
  assert.deepEqual([run!.fits, run!.steps, run!.batch_size, run!.accumulation], [true, 3, 8, 1]);
  assert.ok(run!.memory_bytes! > 50e6 && run!.step_seconds! >= 0 && run!.epoch_steps! >= 3);
  // It is no run of the sweep.
  assert.equal([...scanRuns(join(cwd, 'runs', 'tiny'))].length, 2);

  write([0.001, 0.01]);
  const by = await sweep('--by', 'tomorrow 23:59', '--json');
  const summary = by.json.at(-1);
  assert.deepEqual([summary.trials, summary.finished], [4, 2], by.stderr);
  assert.ok(summary.end.seconds.low <= summary.end.seconds.value && summary.end.seconds.value > 0);
  assert.equal(summary.by.trials.value, 2);
  const words = await sweep('--by', 'tomorrow 23:59');
  assert.match(words.stdout, /it ends at about .* device-hours/);
  assert.match(
    words.stdout,
    /By .* 23:59, in .*, about 2 of 2 trials are finished, besides the 2 that are\./,
  );
  const none = await sweep('--by', 'soon');
  assert.deepEqual([none.exitCode, /option-value/.test(none.stderr)], [2, true]);
});
