import assert from 'node:assert/strict';
import { type ModelConfig, openLearner, type StateTensor } from '../../../src/model/index.ts';
import { distance, type Fingerprint } from '../../support/formula.ts';
import { batchOf, configOf, loadFormula, type OptimizerOptions, type ResnetFixture } from './fixture.ts';

/** Relative: what the project promises against PyTorch in float32. */
export const TOLERANCE = 1e-4;

/**
 * The ambiguity of a fixture is of all the ReLUs at once that rounding may open or close (see scripts/fixtures/resnet.py); some of
 * them alone may move a value further. It is 0 for most gradients of ResNet-18.
 */
const FLIPS = 2;

/** Plain gradient descent: after one step its momentum buffer is the gradient. */
export const plain: OptimizerOptions = { name: 'sgd', lr: 1e-12, weight_decay: 0, momentum: 0.9 };

export async function open(
  fixture: ResnetFixture,
  optimizer: OptimizerOptions,
  backend: ModelConfig['resources']['backend'],
) {
  const learner = await openLearner(configOf(fixture, optimizer, backend), {
    identities: fixture.identities,
    seed: 1,
  });
  await loadFormula(learner);
  return learner;
}

/** Logits of inference. */
export async function assertForward(
  fixture: ResnetFixture,
  backend: ModelConfig['resources']['backend'],
): Promise<void> {
  const learner = await open(fixture, plain, backend);
  try {
    const { images, size } = batchOf(fixture);
    const logits = await learner.evaluate({ images, size });
    for (const task of ['gender', 'identity'] as const) {
      const expected = fixture.logits[task];
      assert.equal(logits[task].length, expected.length);
      const error = euclidean(logits[task], expected);
      assert.ok(error < TOLERANCE, `${task} logits are ${error} away`);
    }
  } finally {
    learner.dispose();
  }
}

/** Losses, the gradient of every parameter, and the moving averages of batch normalisation, of one training step. */
export async function assertGradients(
  fixture: ResnetFixture,
  backend: ModelConfig['resources']['backend'],
): Promise<void> {
  const learner = await open(fixture, plain, backend);
  try {
    const result = await learner.trainStep(batchOf(fixture), { lr: 0, step: 1 });
    near(result.genderLoss, fixture.losses.gender, 'the gender loss');
    near(result.identityLoss, fixture.losses.identity, 'the identity loss');
    const state = await learner.state();
    const gradientOf = (name: string) => state.get(`optimizer/momentum/${name}`);
    assertAll(
      fixture.gradients,
      gradientOf,
      'gradient',
      fixture.gradients_ambiguity,
      fixture.gradients_floor,
    );
    assertAll(fixture.statistics, (name) => state.get(`model/${name}`), 'statistics');
  } finally {
    learner.dispose();
  }
}

/** Losses of each of three steps, and every weight and moving average after them. */
export async function assertSteps(
  fixture: ResnetFixture,
  name: string,
  backend: ModelConfig['resources']['backend'],
): Promise<void> {
  const { options, losses, losses_ambiguity, model, ambiguity } = fixture.optimizers[name]!;
  const learner = await open(fixture, { name, ...options } as OptimizerOptions, backend);
  try {
    for (const [index, [gender, identity]] of losses.entries()) {
      const result = await learner.trainStep(batchOf(fixture), { lr: options.lr as number, step: index + 1 });
      near(result.genderLoss, gender, `the gender loss of step ${index + 1}`, losses_ambiguity);
      near(result.identityLoss, identity, `the identity loss of step ${index + 1}`, losses_ambiguity);
    }
    const state = await learner.state();
    assertAll(model, (parameter) => state.get(`model/${parameter}`), `after 3 steps of ${name}`, ambiguity);
  } finally {
    learner.dispose();
  }
}

function assertAll(
  expected: Record<string, Fingerprint>,
  find: (name: string) => StateTensor | undefined,
  what: string,
  ambiguity: Record<string, number> = {},
  floor = 0,
): void {
  const wrong: string[] = [];
  for (const [name, fingerprint] of Object.entries(expected)) {
    const tensor = find(name);
    if (!tensor) wrong.push(`${name} is missing`);
    else {
      const error = distance(name, tensor.data, fingerprint, floor);
      if (!(error < TOLERANCE + FLIPS * (ambiguity[name] ?? 0)))
        wrong.push(`${name} is ${error.toExponential(2)} away`);
    }
  }
  assert.deepEqual(wrong, [], what);
}

function near(found: number, expected: number, what: string, ambiguity = 0): void {
  const error = Math.abs(found - expected) / Math.abs(expected);
  assert.ok(error < TOLERANCE + FLIPS * ambiguity, `${what} is ${found}, PyTorch's ${expected}`);
}

function euclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const norm = (values: number[]) => Math.hypot(...values);
  return norm(Array.from(a, (v, i) => v - b[i]!)) / norm(Array.from(b));
}
