import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readPreflight, readState, scanRuns } from '../../src/record/index.ts';
import { start, until } from '../support/external.ts';
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

test('a trial whose first steps the system ends for want of memory is refused at the axis', {
  skip: withoutNative,
}, async (t) => {
  const { cwd, env } = await place(t);
  const temporary = join(cwd, 'tmp');
  mkdirSync(temporary);
  const axes = 'sweep: {preflight: always, axes: {train.batch_size: [4, 8]}}';
  writeFileSync(join(cwd, 'large.yaml'), `${readFileSync(tiny, 'utf8')}${axes}\n`);
  const set = sets('model.backbone=tiny', 'train.epochs=500', 'resources.retry.oom=0');
  const sweep = start(['sweep', 'large.yaml', ...set], cwd, { ...env, TMPDIR: temporary });
  // A container's limit ends a process as this does.
  const trainer = () => {
    try {
      const files = readdirSync(temporary, { recursive: true, encoding: 'utf8' });
      const states = files
        .filter((name) => name.endsWith('state.jsonl'))
        .flatMap((name) => readState(join(temporary, dirname(name))));
      return states.findLast(({ state }) => state === 'started')?.pid;
    } catch {
      return undefined;
    }
  };
  await until('a trainer', () => trainer() !== undefined);
  process.kill(trainer()!, 'SIGKILL');
  const { exitCode, stderr } = await sweep;
  assert.equal(exitCode, 2, stderr);
  assert.match(
    stderr,
    /large\.yaml:\d+:57: error\[sweep-memory\]: A trial \(train\.batch_size=8\) has not enough memory on cpu\./,
  );
  assert.match(stderr, /found: .*SIGKILL/);
});
