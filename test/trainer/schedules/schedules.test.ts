import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSchedule, type ScheduleContext, warmupSteps } from '../../../src/trainer/schedules/index.ts';

const none = { warmup: 0, warmup_steps: 0 };
const once = { restarts: 0, period_factor: 1, warmup_steps: 0 };
const context: ScheduleContext = { lr: 0.1, epochs: 10, stepsPerEpoch: 8, mode: 'max' };

interface Case {
  mode: 'max' | 'min';
  patience: number;
  factor: number;
  min_lr: number;
  lr: number;
  scores: number[];
  rates: number[];
}

const fixture = new URL('../../fixtures/schedules/schedules.json', import.meta.url);

for (const one of JSON.parse(readFileSync(fixture, 'utf8')) as Case[]) {
  test(`plateau equals torch's ReduceLROnPlateau: ${one.mode}, patience ${one.patience}`, () => {
    const { patience, factor, min_lr, lr, mode } = one;
    const schedule = createSchedule(
      { name: 'plateau', patience, factor, min_lr, ...none },
      { ...context, lr, mode },
    );
    let state = schedule.start();
    for (const [epoch, score] of one.scores.entries()) {
      // Through JSON, as a checkpoint carries it.
      state = JSON.parse(JSON.stringify(schedule.afterEpoch(state, score)));
      assert.ok(Math.abs(schedule.rate(state, 1) - one.rates[epoch]!) < 1e-15, `epoch ${epoch}`);
    }
  });
}

test('plateau neither falls without a score nor rises to its lower bound', () => {
  const options = { name: 'plateau', patience: 0, factor: 0.5, min_lr: 0.2, ...none } as const;
  const schedule = createSchedule(options, context);
  let state = schedule.start();
  for (const score of [undefined, undefined, 0.5, 0.1, 0.1]) state = schedule.afterEpoch(state, score);
  assert.equal(schedule.rate(state, 1), 0.1);
});

test('constant stays', () => {
  const schedule = createSchedule({ name: 'constant', ...none }, context);
  assert.equal(schedule.rate(schedule.afterEpoch(schedule.start(), 0), 80), 0.1);
});

test('cosine rises over the warmup, falls from the learning rate to min_lr and reaches it at the last step', () => {
  const schedule = createSchedule({ name: 'cosine', warmup: 1.5, min_lr: 0.001, ...once }, context);
  const rates = Array.from({ length: 80 }, (_, i) => schedule.rate({}, i + 1));
  assert.equal(rates[0], 0.1 * (1 / 12));
  assert.equal(rates[11], 0.1);
  assert.equal(rates[12], 0.1);
  assert.equal(rates[79], 0.001);
  for (let i = 13; i < 80; i++) assert.ok(rates[i]! < rates[i - 1]!, `step ${i + 1}`);
  // Half way down at half of the way.
  assert.ok(Math.abs((rates[45]! + rates[46]!) / 2 - (0.1 + 0.001) / 2) < 1e-4);
});

test('a warmup that is not shorter than the training takes half of it, and a run of one step has a rate', () => {
  const all = createSchedule({ name: 'cosine', warmup: 20, min_lr: 0, ...once }, context);
  assert.equal(all.rate({}, 40), 0.1);
  assert.equal(all.rate({}, 80), 0);
  assert.deepEqual(warmupSteps({ warmup: 20, warmup_steps: 0 }, context), { steps: 40, cut: true });
  assert.deepEqual(warmupSteps({ warmup: 20, warmup_steps: 7 }, context), { steps: 7, cut: false });
  const one = createSchedule(
    { name: 'cosine', warmup: 0, min_lr: 0, ...once },
    { ...context, epochs: 1, stepsPerEpoch: 1 },
  );
  assert.equal(one.rate({}, 1), 0.1);
});
