import { Random } from '../../../src/base/random.ts';
import type { Learner, StateTensor } from '../../../src/model/index.ts';

/**
 * A learner that is real and small, for tests of the loop around it: one linear layer a head on the images' values, softmax
 * and logistic loss, stochastic gradient descent with momentum, and noise on its input that depends on seed and step as
 * dropout does. Its arithmetic gives the same bits on every machine that has the same Math.exp.
 */
export interface LinearOptions {
  identities: number;
  seed: number;
  /** Values of an image. */
  features: number;
  alpha?: number;
  beta?: number;
  momentum?: number;
  /** Milliseconds that a step takes at least. */
  stepTime?: number;
}

export interface LinearLearner extends Learner {
  /** Learning rates of the steps so far. */
  readonly rates: number[];
  readonly steps: number[];
  disposed: boolean;
}

export function linearLearner(options: LinearOptions): LinearLearner {
  const { identities, seed, features, alpha = 0.5, beta = 0.5, momentum = 0.9, stepTime = 0 } = options;
  // One row a class of identity and one for gender; the last column is the bias.
  const rows = identities + 1;
  const columns = features + 1;
  const random = new Random(seed, 'weights');
  const weights = Float32Array.from({ length: rows * columns }, () => random.normal(0, 0.01));
  const velocity = new Float32Array(rows * columns);

  const logits = (picture: Float64Array): Float64Array => {
    const out = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      let sum = weights[row * columns + features]!;
      for (let k = 0; k < features; k++) sum += weights[row * columns + k]! * picture[k]!;
      out[row] = sum;
    }
    return out;
  };
  const picture = (images: Uint8Array, index: number) =>
    Float64Array.from(
      images.subarray(index * features, (index + 1) * features),
      (value) => value / 255 - 0.5,
    );

  return {
    device: 'cpu',
    backend: 'linear',
    precision: 'float32',
    precisionReason: 'the only one',
    parameters: rows * columns,
    versions: { linear: '1' },
    rates: [],
    steps: [],
    disposed: false,
    async trainStep(batch, { lr, step }) {
      if (stepTime > 0) await new Promise((resolve) => setTimeout(resolve, stepTime));
      this.rates.push(lr);
      this.steps.push(step);
      const noise = new Random(seed, 'noise', step);
      const gradient = new Float64Array(rows * columns);
      const labelled = {
        gender: batch.gender.filter((label) => label >= 0).length,
        identity: batch.identity.filter((label) => label >= 0).length,
      };
      let genderLoss = 0;
      let identityLoss = 0;
      for (let i = 0; i < batch.size; i++) {
        const input = picture(batch.images, i).map((value) => value + noise.normal(0, 0.02));
        const out = logits(input);
        const delta = new Float64Array(rows);
        const identity = batch.identity[i]!;
        if (identity >= 0) {
          const top = Math.max(...out.subarray(0, identities));
          const powers = out.subarray(0, identities).map((value) => Math.exp(value - top));
          const sum = powers.reduce((a, b) => a + b, 0);
          identityLoss += (Math.log(sum) + top - out[identity]!) / labelled.identity;
          for (let k = 0; k < identities; k++) {
            delta[k] = (beta * (powers[k]! / sum - (k === identity ? 1 : 0))) / labelled.identity;
          }
        }
        const gender = batch.gender[i]!;
        if (gender >= 0) {
          const z = out[identities]!;
          genderLoss += (Math.max(z, 0) - z * gender + Math.log1p(Math.exp(-Math.abs(z)))) / labelled.gender;
          delta[identities] = (alpha * (1 / (1 + Math.exp(-z)) - gender)) / labelled.gender;
        }
        for (let row = 0; row < rows; row++) {
          for (let k = 0; k < features; k++) gradient[row * columns + k]! += delta[row]! * input[k]!;
          gradient[row * columns + features]! += delta[row]!;
        }
      }
      for (let k = 0; k < weights.length; k++) {
        velocity[k] = momentum * velocity[k]! + gradient[k]!;
        weights[k]! -= lr * velocity[k]!;
      }
      return { loss: alpha * genderLoss + beta * identityLoss, genderLoss, identityLoss };
    },
    async evaluate(batch) {
      const gender = new Float32Array(batch.size);
      const identity = new Float32Array(batch.size * identities);
      for (let i = 0; i < batch.size; i++) {
        const out = logits(picture(batch.images, i));
        gender[i] = out[identities]!;
        identity.set(out.subarray(0, identities), i * identities);
      }
      return { gender, identity };
    },
    async state() {
      return new Map<string, StateTensor>([
        ['model/weights', { dtype: 'float32', shape: [rows, columns], data: weights.slice() }],
        ['optimizer/velocity', { dtype: 'float32', shape: [rows, columns], data: velocity.slice() }],
      ]);
    },
    async load(state) {
      weights.set(state.get('model/weights')!.data);
      const remembered = state.get('optimizer/velocity');
      if (remembered) velocity.set(remembered.data);
      else velocity.fill(0);
    },
    dispose() {
      this.disposed = true;
    },
  };
}
