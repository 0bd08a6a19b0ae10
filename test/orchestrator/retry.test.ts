import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/orchestrator/retry.ts';
import type { FailureClass } from '../../src/record/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';

const failure = (kind: FailureClass) => ({ class: kind, message: 'it failed' });

test('by default: killed, lost, interrupted and infrastructure are repeated, code, data, nan and timeout are not', () => {
  const config = resolveConfig({ name: 'a' });
  const times = (kind: FailureClass) => {
    for (let n = 0; ; n++) if (!decide(failure(kind), config, { [kind]: n }).retry) return n;
  };
  const kinds = [
    'killed',
    'lost',
    'interrupted',
    'infrastructure',
    'oom',
    'nan',
    'data',
    'code',
    'timeout',
  ] as const;
  assert.deepEqual(Object.fromEntries(kinds.map((kind) => [kind, times(kind)])), {
    killed: 2,
    lost: 2,
    interrupted: 3,
    infrastructure: 2,
    oom: 3,
    nan: 0,
    data: 0,
    code: 0,
    timeout: 0,
  });
});

test('each class has a budget of its own', () => {
  const config = resolveConfig({ name: 'a', resources: { retry: { code: 1, killed: 1 } } });
  assert.equal(decide(failure('code'), config, { killed: 9 }).retry, true);
  assert.equal(decide(failure('code'), config, { code: 1 }).retry, false);
  assert.equal(decide(failure('killed'), config, { killed: 1 }).retry, false);
});

test('the delay doubles from resources.retry_delay on, up to five minutes, and is spread by up to half', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 100, noNaN: true }),
      fc.nat(80),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (first, before, drawn) => {
        const config = resolveConfig({
          name: 'a',
          resources: { retry: { killed: 100 }, retry_delay: first },
        });
        const decision = decide(failure('killed'), config, { killed: before }, () => drawn);
        assert.ok(decision.retry);
        const full = Math.min(300, first * 2 ** before) * 1000;
        assert.ok(decision.delay >= full / 2 - 1 && decision.delay <= full + 1);
      },
    ),
  );
});

test('out of memory halves the micro-batch and keeps the batch, until a micro-batch has one image', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 512 }), (batch) => {
      let config = resolveConfig({
        name: 'a',
        train: { batch_size: batch },
        resources: { retry: { oom: 100 } },
      });
      for (let n = 0; ; n++) {
        const decision = decide(failure('oom'), config, { oom: n });
        if (!decision.retry) {
          assert.ok(config.train.accumulation * 2 > batch);
          break;
        }
        assert.deepEqual(decision.changes, { 'train.accumulation': 2 ** (n + 1) });
        config = { ...config, train: { ...config.train, accumulation: 2 ** (n + 1) } };
        assert.ok(Math.ceil(batch / config.train.accumulation) >= 1);
      }
    }),
  );
  const decision = decide(failure('oom'), resolveConfig({ name: 'a', train: { batch_size: 32 } }), {});
  assert.ok(decision.retry);
  assert.match(
    decision.action,
    /^micro-batches of 16 in place of 32: train\.accumulation 1 → 2, the same effective batch$/,
  );
});
