import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../../src/base/random.ts';
import { quantile } from '../../../src/base/statistics.ts';
import type { Subset } from '../../../src/data/index.ts';
import { isMatching } from '../../../src/spec/index.ts';
import { ensemble, evaluate, mirror } from '../../../src/trainer/evaluation/evaluate.ts';
import { evaluateFully } from '../../../src/trainer/evaluation/full.ts';
import { genderExtras, genderOutcomes, genderThreshold } from '../../../src/trainer/evaluation/gender.ts';
import { bootstrap } from '../../../src/trainer/evaluation/intervals.ts';
import { macroF1 } from '../../../src/trainer/evaluation/macro-f1.ts';
import { concatenated, normalised, pairScores } from '../../../src/trainer/evaluation/matching/embeddings.ts';
import {
  galleryAndProbes,
  identificationScores,
  identify,
} from '../../../src/trainer/evaluation/matching/identification.ts';
import { match, matches } from '../../../src/trainer/evaluation/matching/index.ts';
import { choosePairs } from '../../../src/trainer/evaluation/matching/pairs.ts';
import {
  auc,
  bestThreshold,
  fallingOrder,
  roc,
  tarAtFar,
} from '../../../src/trainer/evaluation/matching/roc.ts';
import {
  refusedRates,
  scoredPairs,
  verificationScores,
} from '../../../src/trainer/evaluation/matching/verification.ts';
import type { Outcomes } from '../../../src/trainer/evaluation/metrics.ts';
import { packageDir } from '../../support/program.ts';

const fixture = JSON.parse(readFileSync(join(packageDir, 'test/fixtures/evaluation.json'), 'utf8'));

const near = (actual: number | undefined, expected: number, name: string, by = 1e-6) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= by, `${name}: ${actual} for ${expected}`);

const settings = {
  when: 'auto' as const,
  pairs: 'sampled' as const,
  pairs_per_identity: 25,
  hard: 0,
  open_set: 0.5,
  seed: 0,
};

/** A subset of which only labels are asked. */
function subsetOf(more: Partial<Subset>): Subset {
  const size = more.people?.length ?? more.gender?.length ?? 0;
  return {
    size,
    names: Array.from({ length: size }, (_, i) => `${i}`),
    gender: new Int8Array(size).fill(-1),
    identity: new Int32Array(size).fill(-1),
    pixels: () => new Uint8Array(),
    copyPixels: () => {},
    ...more,
  };
}

test('verification equals scikit-learn, with and without ties', () => {
  for (const expected of fixture.verification) {
    const scores = Float32Array.from(expected.scores);
    const nothing = new Int32Array(scores.length);
    const pairs = { left: nothing, right: nothing, same: Uint8Array.from(expected.same) };
    const found = verificationScores(scoredPairs(pairs, scores), expected.threshold);
    near(found.verification_auc, expected.auc, 'auc');
    near(found.verification_eer, expected.eer, 'eer');
    near(found.verification_accuracy, expected.accuracy, 'accuracy');
    near(found.verification_precision, expected.precision, 'precision');
    near(found.verification_recall, expected.recall, 'recall');
    near(found.verification_f1, expected.f1, 'f1');
    near(found['tar_at_far_1e-1'], expected.tar['0.1'], 'tar 0.1');
    near(found['tar_at_far_1e-2'], expected.tar['0.01'], 'tar 0.01');
    assert.equal(found['tar_at_far_1e-3'], undefined, 'too few pairs');
  }
  assert.match(
    refusedRates(150)[0]!,
    /1e-3 needs at least 1000 pairs of different identities; there are 150/,
  );
});

test('scores fall in their order, signs, zeros and equals included', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 200 }), (scores) => {
      const order = fallingOrder(scores);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        [...scores.keys()],
      );
      for (let k = 1; k < order.length; k++) {
        const [a, b] = [scores[order[k - 1]!]!, scores[order[k]!]!];
        assert.ok(a > b || (a === b && order[k - 1]! < order[k]!), `${a} before ${b}`);
      }
    }),
  );
});

test('the curve against counting: area, true accepts, best threshold, weights as repeated pairs', () => {
  const pair = fc.record({ score: fc.integer({ min: -5, max: 5 }), same: fc.boolean(), weight: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(pair, { minLength: 2, maxLength: 40 }), (pairs) => {
      const scores = Float32Array.from(pairs, ({ score }) => score / 10);
      const same = pairs.map((one) => one.same);
      const curve = roc(scores, same);
      const of = (kind: boolean) => pairs.filter((one) => one.same === kind).map(({ score }) => score);
      const [own, others] = [of(true), of(false)];
      if (own.length > 0 && others.length > 0) {
        let wins = 0;
        for (const a of own) for (const b of others) wins += a > b ? 1 : a === b ? 0.5 : 0;
        near(auc(curve), wins / own.length / others.length, 'auc', 1e-12);
        for (const far of [0.1, 0.3]) {
          const shares = [...new Set([...own, ...others, 99])]
            .filter((t) => others.filter((s) => s >= t).length <= far * others.length)
            .map((t) => own.filter((s) => s >= t).length / own.length);
          const found = tarAtFar(curve, far);
          if (others.length * far >= 1) near(found, Math.max(...shares), 'tar', 1e-12);
          else assert.equal(found, undefined);
        }
      } else assert.equal(auc(curve), undefined);
      const right = (t: number) =>
        pairs.filter((one) => Math.fround(one.score / 10) >= t === one.same).length;
      const best = bestThreshold(curve);
      for (let t = -0.65; t < 0.7; t += 0.1) assert.ok(right(best) >= right(t), `${best} ${t}`);
      const weighted = roc(
        scores,
        same,
        pairs.map(({ weight }) => weight),
      );
      const repeated = pairs.flatMap((one) => Array(one.weight).fill(one));
      const plain = roc(
        Float32Array.from(repeated, ({ score }) => score / 10),
        repeated.map((one) => one.same),
      );
      assert.deepEqual([weighted.positives, weighted.negatives], [plain.positives, plain.negatives]);
      assert.equal(auc(weighted), auc(plain));
    }),
    { numRuns: 200 },
  );
});

test('a gallery equals scikit-learn and NumPy', () => {
  const { people, clean, width, values, rank1, rank5, macro_f1 } = fixture.gallery;
  const subset = subsetOf({
    people: Int32Array.from(people),
    conditions: clean.map((is: boolean) => (is ? undefined : 'fog')),
  });
  const embeddings = normalised(Float32Array.from(values), width);
  const found = identify(subset, embeddings, settings, embeddings)!;
  assert.deepEqual([found.gallery, found.probes.length], [20, 80]);
  const scores = identificationScores(found, undefined);
  near(scores.gallery_rank1, rank1, 'rank 1');
  near(scores.gallery_rank5, rank5, 'rank 5');
  near(scores.gallery_macro_f1, macro_f1, 'macro F1');
});

test('the open set: probes of identities that are not enrolled are right when nobody is found', () => {
  // Each identity a direction of their own: the right one is found, at 1, and nobody else, at 0.
  const people = Int32Array.from([0, 0, 1, 1, 2, 2, 3, 3]);
  const values = new Float32Array(8 * 4);
  for (const [i, person] of people.entries()) values[i * 4 + person] = 1;
  const embeddings = { values, width: 4 };
  const subset = subsetOf({ people });
  const found = identify(subset, embeddings, settings, embeddings)!;
  assert.equal(found.open!.enrolled.size, 2);
  assert.equal(identificationScores(found, 0.5).gallery_open_set, 1);
  assert.equal(identificationScores(found, -0.5).gallery_open_set, 0.5, 'everybody is taken for somebody');
  assert.equal(identificationScores(found, 1.5).gallery_open_set, 0.5, 'nobody is found');
  assert.equal(galleryAndProbes(subsetOf({ people: Int32Array.from([0, 0, 0]) }), 0), undefined);
  assert.equal(galleryAndProbes(subsetOf({ people: Int32Array.from([0, 1, 2]) }), 0), undefined, 'no probe');
});

test('pairs: as many of one identity as asked for and of two, without repeats, the same by the same seed', () => {
  const people = Int32Array.from({ length: 60 }, (_, i) => (i < 3 ? -1 : i % 5));
  const embeddings = { values: Float32Array.from({ length: 60 }, (_, i) => Math.cos(i)), width: 1 };
  const subset = subsetOf({ people });
  const few = choosePairs(subset, { ...settings, pairs_per_identity: 7 }, embeddings)!;
  assert.equal(few.left.length, 5 * 7 * 2);
  const own = new Set<string>();
  for (let k = 0; k < few.left.length; k++) {
    const [a, b] = [few.left[k]!, few.right[k]!];
    assert.ok(a !== b && people[a]! >= 0 && people[b]! >= 0);
    assert.equal(people[a] === people[b], few.same[k] === 1);
    if (few.same[k]) own.add(`${a} ${b}`);
  }
  assert.equal(own.size, 35);
  assert.deepEqual(choosePairs(subset, { ...settings, pairs_per_identity: 7 }, embeddings), few);
  assert.notDeepEqual(choosePairs(subset, { ...settings, pairs_per_identity: 7, seed: 1 }, embeddings), few);
  const all = choosePairs(subset, { ...settings, pairs: 'all' }, embeddings)!;
  assert.equal(all.left.length, (57 * 56) / 2);
  const hard = choosePairs(subset, { ...settings, pairs_per_identity: 7, hard: 1 }, embeddings)!;
  const mean = (pairs: typeof few) => {
    const scores = pairScores(embeddings, pairs.left, pairs.right, embeddings).filter(
      (_, k) => !pairs.same[k],
    );
    return scores.reduce((a, b) => a + b) / scores.length;
  };
  assert.ok(mean(hard) > mean(few) + 0.2);
  const given = subsetOf({ people, pairs: [{ left: 4, right: 9, same: true }] });
  assert.deepEqual([...choosePairs(given, settings, embeddings)!.left], [4]);
  assert.equal(choosePairs(subset, { ...settings, pairs: 'given' }, embeddings), undefined);
});

test('matching is measured where classes do not say who somebody is, or where it is asked for', () => {
  const open = subsetOf({ people: Int32Array.from([0, 0, 1, 1]) });
  const closed = { ...open, identity: open.people! };
  assert.equal(matches(open, settings), true);
  assert.equal(matches(closed, settings), false);
  assert.equal(matches(closed, settings, ['val/gallery_rank1']), true);
  assert.equal(matches(closed, { ...settings, when: 'always' }), true);
  assert.equal(matches(open, { ...settings, when: 'never' }), false);
  assert.equal(matches({ ...closed, pairs: [] }, settings), true);
  assert.ok(isMatching('challenge_pairs') && !isMatching('val/combined'));
});

test('gender equals scikit-learn: balanced accuracy, area, calibration, the threshold of the best F1', () => {
  const expected = fixture.gender;
  const labels = Int8Array.from([...expected.labels, -1]);
  const outcomes: Outcomes = {
    gender: labels,
    genderLogits: Float32Array.from([...expected.logits, 50]),
    identity: new Int32Array(labels.length).fill(-1),
    identityLogits: new Float32Array(labels.length),
    identities: 1,
  };
  const own = genderOutcomes(outcomes);
  const threshold = genderThreshold(own);
  const found = genderExtras(own, threshold);
  near(found.gender_balanced_accuracy, expected.balanced_accuracy, 'balanced accuracy');
  near(found.gender_auc, expected.auc, 'auc');
  near(found.gender_ece, expected.ece, 'ece', 1e-5);
  near(found.gender_tuned_f1, expected.best_f1, 'F1');
  assert.ok(threshold <= expected.best_threshold && threshold > expected.best_threshold - 0.2);
});

test('intervals equal SciPy’s percentile bootstrap over identities, and are the same by the same seed', () => {
  const { right, low, high, quantiles } = fixture.intervals;
  const people = Int32Array.from(right.flatMap((row: number[], person: number) => row.map(() => person)));
  const flat: number[] = right.flat();
  const subset = subsetOf({ people });
  const mean = (
    { pictures }: { pictures: Float64Array } = { pictures: new Float64Array(flat.length).fill(1) },
  ) => {
    let [hits, all] = [0, 0];
    for (const [i, weight] of pictures.entries()) {
      hits += weight * flat[i]!;
      all += weight;
    }
    return { accuracy: hits / all };
  };
  const found = bootstrap(subset, 20000, 3, mean).accuracy!;
  near(found[0], low, 'low', 0.004);
  near(found[1], high, 'high', 0.004);
  assert.deepEqual(bootstrap(subset, 200, 3, mean), bootstrap(subset, 200, 3, mean));
  assert.deepEqual(bootstrap(subset, 0, 3, mean), {});
  const sorted = Float64Array.from([1, 1.5, 3, 4, 9]);
  for (const [k, q] of [0.025, 0.5, 0.975].entries()) near(quantile(sorted, q), quantiles[k], `${q}`, 1e-12);
});

test('macro-F1 equals scikit-learn, of all images and of the same samples of identities', () => {
  const { truth, guess, classes, value, drawn, samples } = fixture.macro_f1;
  near(macroF1({ truth, guess, classes }), value, 'all', 1e-12);
  for (const [k, counts] of drawn.entries()) {
    const draws = truth.map((person: number) => counts[person]);
    near(macroF1({ truth, guess, classes }, draws), samples[k], `sample ${k}`, 1e-12);
  }
  assert.ok(Number.isNaN(macroF1({ truth: [-1], guess: [0], classes: 2 })));
});

test('every interval contains its score, of few identities and many, easy and hard ones', () => {
  const width = 12;
  const data = fc.record({
    seed: fc.nat(),
    people: fc.integer({ min: 16, max: 40 }),
    each: fc.integer({ min: 3, max: 8 }),
    noise: fc.double({ min: 0.3, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(data, ({ seed, people: count, each, noise }) => {
      const random = new Random(seed, 'test');
      const size = count * each;
      const identity = Int32Array.from({ length: size }, (_, i) => Math.floor(i / each));
      const gender = Int8Array.from(identity, (person) => (person % 3 === 0 ? 1 : 0));
      const centres = Float64Array.from({ length: count * width }, () => random.normal());
      const spread = Float64Array.from({ length: count }, () => noise * random.uniform(0.5, 1.5));
      const values = Float32Array.from(
        { length: size * width },
        (_, at) =>
          centres[identity[Math.floor(at / width)]! * width + (at % width)]! +
          spread[identity[Math.floor(at / width)]!]! * random.normal(),
      );
      const distance = (i: number, person: number) => {
        let sum = 0;
        for (let k = 0; k < width; k++) sum += (values[i * width + k]! - centres[person * width + k]!) ** 2;
        return sum;
      };
      const outcomes: Outcomes = {
        gender,
        // Calibrated: the calibration error is all chance.
        genderLogits: Float32Array.from(gender, (one) => 4 * (one - 0.5) + 2 * random.normal()),
        identity,
        identityLogits: Float32Array.from(
          { length: size * count },
          (_, at) => -distance(Math.floor(at / count), at % count),
        ),
        identities: count,
        embeddings: normalised(values, width),
      };
      const conditions = Array.from({ length: size }, (_, i) => (i % each === 0 ? undefined : 'fog'));
      const { scores, intervals } = evaluateFully(
        subsetOf({ people: identity, identity, gender, conditions }),
        outcomes,
        {
          settings: {
            score: { gender: 0.3, identity: 0.7 },
            matching: { ...settings, when: 'always', pairs_per_identity: 10 },
            intervals: 200,
          },
          seed,
        },
      );
      for (const [name, score] of Object.entries(scores)) {
        const [low, high] = intervals[name]!;
        assert.ok(low <= score + 1e-9 && score <= high + 1e-9, `${name} ${score}: ${low} … ${high}`);
      }
    }),
    { numRuns: 20, seed: 14 },
  );
});

test('everything of an open set: the challenge’s score twice, rank 1 in place of top 1, parts, intervals around the scores', () => {
  const people = Int32Array.from({ length: 80 }, (_, i) => i % 10);
  const values = new Float32Array(80 * 10);
  for (const [i, person] of people.entries()) {
    values[i * 10 + person] = 1;
    // Every fourth image looks like somebody else.
    if (i % 4 === 3) values[i * 10 + ((person + 1) % 10)] = 1.5;
  }
  const gender = Int8Array.from(people, (person) => person % 2);
  const subset = subsetOf({
    people,
    gender,
    conditions: Array.from({ length: 80 }, (_, i) => (i < 20 ? undefined : i < 50 ? 'fog' : 'rain')),
  });
  const outcomes: Outcomes = {
    gender,
    genderLogits: Float32Array.from(people, (person, i) => (i % 5 === 0 ? -1 : 1) * (person % 2 ? 2 : -2)),
    identity: subset.identity,
    identityLogits: new Float32Array(80 * 3),
    identities: 3,
    embeddings: normalised(values, 10),
  };
  const found = evaluateFully(subset, outcomes, {
    settings: { score: { gender: 0.3, identity: 0.7 }, matching: settings, intervals: 200 },
    seed: 1,
  });
  const { scores, parts, intervals, counts } = found;
  assert.equal(scores.identity_top1, undefined);
  near(scores.gender_accuracy, 0.8, 'gender');
  near(scores.combined, 0.3 * 0.8 + 0.7 * scores.gallery_rank1!, 'combined');
  near(scores.challenge_gallery, scores.combined!, 'gallery');
  near(scores.challenge_pairs, 0.3 * 0.8 + 0.7 * scores.verification_accuracy!, 'pairs');
  assert.ok(parts['data_fog/gallery_rank1']! > 0 && parts['data_rain/verification_auc']! > 0);
  near(
    parts['gender_gap/gallery_rank1'],
    Math.abs(parts['male/gallery_rank1']! - parts['female/gallery_rank1']!),
    'gap',
  );
  assert.deepEqual([counts.gallery, counts.probes], [10, 60]);
  for (const name of ['gender_accuracy', 'gallery_rank1', 'verification_auc', 'challenge_pairs']) {
    const [low, high] = intervals[name]!;
    assert.ok(
      low <= scores[name]! + 1e-9 && scores[name]! <= high + 1e-9 && low <= high,
      `${name} ${low} ${high}`,
    );
  }
  // Features without anything to do with identities score by chance.
  const noise = {
    ...outcomes,
    embeddings: normalised(
      Float32Array.from({ length: 800 }, (_, i) => Math.sin(i * i * 1.7)),
      10,
    ),
  };
  const chance = match(subset, noise.embeddings, settings);
  const noisy = verificationScores(chance.pairs!, 0);
  assert.ok(Math.abs(noisy.verification_auc! - 0.5) < 0.12, `${noisy.verification_auc}`);
});

test('flips average an image with its mirror image, ensembles average models', async () => {
  assert.deepEqual(
    [...mirror(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), 1)],
    [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9],
  );
  const pixels = [Uint8Array.from([9, 0, 0, 1, 0, 0, 9, 0, 0, 1, 0, 0])];
  const subset = subsetOf({
    gender: Int8Array.from([0]),
    identity: Int32Array.from([0]),
    pixels: (i) => pixels[i]!,
    copyPixels: (i, target, offset) => target.set(pixels[i]!, offset),
  });
  // A learner that sees the left side only.
  const learner = {
    evaluate: async ({ images }: { images: Uint8Array }) => ({
      gender: Float32Array.of(images[0]!),
      identity: Float32Array.of(images[0]!, 2),
      embedding: Float32Array.of(images[0]!, 0, 4),
    }),
  };
  const options = { batchSize: 4, identities: 2 };
  const plain = await evaluate(learner, subset, options);
  const flipped = await evaluate(learner, subset, { ...options, tta: 'flip' });
  assert.deepEqual([plain.genderLogits[0], flipped.genderLogits[0]], [9, 5]);
  assert.deepEqual([...flipped.identityLogits], [5, 2]);
  near(flipped.embeddings!.values[0], 5 / Math.hypot(5, 4), 'embedding');
  const both = ensemble([plain, flipped]);
  assert.equal(both.genderLogits[0], 7);
  assert.equal(both.embeddings!.width, 6);
  const pair = concatenated([
    normalised(Float32Array.of(1, 0, 0, 1), 2),
    normalised(Float32Array.of(1, 1, 1, 1), 2),
  ]);
  near(pairScores(pair, [0], [1], pair)[0], 0.5, 'mean of the cosines 0 and 1');
});
