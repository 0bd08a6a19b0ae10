import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  genderConfusion,
  identityConfusion,
  named,
  type Outcomes,
  score,
} from '../../../src/trainer/evaluation/metrics.ts';

interface Case {
  name: string;
  identities: number;
  gender: number[];
  gender_logits: number[];
  identity: number[];
  identity_logits: number[][];
  confusion: number[][];
  expected: Record<string, number>;
}

const fixture = new URL('../../fixtures/metrics/metrics.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Case[];

const outcomes = (one: Case): Outcomes => ({
  gender: Int8Array.from(one.gender),
  genderLogits: Float32Array.from(one.gender_logits),
  identity: Int32Array.from(one.identity),
  identityLogits: Float32Array.from(one.identity_logits.flat()),
  identities: one.identities,
});

for (const one of cases) {
  test(`the metrics equal scikit-learn's: ${one.name}`, () => {
    const { combined, ...found } = score(outcomes(one), { gender: 0.3, identity: 0.7 });
    assert.deepEqual(Object.keys(found), Object.keys(one.expected));
    for (const [name, value] of Object.entries(one.expected)) {
      assert.ok(Math.abs(found[name]! - value) < 1e-12, `${name}: ${found[name]} is not ${value}`);
    }
    assert.deepEqual(genderConfusion(outcomes(one)), one.confusion);
    const { gender_accuracy: gender, identity_top1: identity } = one.expected;
    const expected =
      gender === undefined ? identity! : identity === undefined ? gender : 0.3 * gender + 0.7 * identity;
    assert.ok(Math.abs(combined! - expected) < 1e-12);
  });
}

const empty: Outcomes = {
  gender: [],
  genderLogits: new Float32Array(),
  identity: [],
  identityLogits: new Float32Array(),
  identities: 3,
};

test('nothing is measured of no images', () => {
  assert.deepEqual(score(empty, { gender: 0.3, identity: 0.7 }), {});
});

test('combined keeps its scale where a task has no label, and has no value where the labelled task has no weight', () => {
  const onlyGender = { ...empty, gender: [1, 0], genderLogits: new Float32Array([1, 1]), identity: [-1, -1] };
  const logits = { ...onlyGender, identityLogits: new Float32Array(6) };
  assert.equal(score(logits, { gender: 0.6, identity: 1.4 }).combined, 1);
  assert.equal('combined' in score(logits, { gender: 0, identity: 1 }), false);
});

test('the confusion of identities lists the mistakes, the most frequent first', () => {
  const logits = new Float32Array([0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 5, 0, 0]);
  const found = identityConfusion({
    ...empty,
    identity: [0, 0, 0, 1, -1],
    gender: [0, 0, 0, 0, 0],
    genderLogits: new Float32Array(5),
    identityLogits: logits,
  });
  assert.deepEqual(found, [
    [0, 1, 2],
    [1, 2, 1],
  ]);
});

test('metrics get the name of their split', () => {
  assert.deepEqual(named('val', { combined: 0.5 }), { 'val/combined': 0.5 });
});
