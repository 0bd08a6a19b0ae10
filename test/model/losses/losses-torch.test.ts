import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { labelInputs } from '../../../src/model/batch.ts';
import { identityHead } from '../../../src/model/heads/identity.ts';
import { Parameters } from '../../../src/model/layers.ts';
import { genderLoss } from '../../../src/model/losses/gender.ts';
import { identityLoss } from '../../../src/model/losses/identity.ts';
import { createOptimizer } from '../../../src/model/optimizers/index.ts';
import { resolveConfig } from '../../../src/spec/index.ts';
import { openRuntime, type Runtime, type Variable } from '../../../src/tensor/index.ts';
import { uniform } from '../../support/formula.ts';

interface Fixture {
  batch: number;
  width: number;
  classes: number;
  centers: number;
  labels: number[];
  scale: number;
  cases: Record<string, { loss: number } & Record<string, number[]>>;
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/model/losses.json', import.meta.url), 'utf8'),
);
const { batch, width, classes, centers, scale, cases } = fixture;
const labels = Int32Array.from(fixture.labels);
const lamb = (cases as unknown as { lamb: number[] }).lamb;

let runtime: Runtime;
before(async () => {
  runtime = await openRuntime({
    backend: 'wasm',
    device: 'cpu',
    precision: 'float32',
    seed: 1,
    threads: 0,
  });
});
after(() => runtime.dispose());

const drawn = (name: string, shape: number[], low = -1, high = 1): Variable => ({
  name,
  shape,
  initial: () => uniform(name, shape, low, high),
});

/** Weights and labels as a step takes them. */
const targets = () => {
  const { identity, identityWeight } = labelInputs({
    images: new Uint8Array(),
    gender: new Int8Array(batch),
    identity: labels,
    size: batch,
  });
  return { identity: identity!, identityWeight: identityWeight! };
};

/** Runs a loss and compares it and its gradients with the fixture's. */
async function compare(
  name: string,
  variables: Record<string, Variable>,
  loss: (read: (name: string) => tf.Tensor, inputs: Record<string, tf.Tensor>, context: unknown) => tf.Scalar,
): Promise<void> {
  const expected = cases[name]!;
  const list = Object.values(variables);
  const step = runtime.compile(name, (inputs, context) => {
    const found = context.gradients(
      () => loss((key) => context.read(variables[key]!), inputs, context),
      list,
    );
    return {
      loss: found.loss,
      ...Object.fromEntries(Object.keys(variables).map((key, i) => [key, found.gradients[i]!])),
    };
  });
  const found = await step.run(targets());
  near(found.loss!.values, [expected.loss], `${name}: loss`);
  for (const key of Object.keys(variables)) near(found[key]!.values, expected[key]!, `${name}: ${key}`);
}

function near(found: ArrayLike<number>, expected: readonly number[], what: string): void {
  const length = (values: readonly number[]) => Math.hypot(...values);
  const error = length(expected.map((value, i) => value - found[i]!)) / length(expected);
  assert.ok(found.length === expected.length && error < 1e-4, `${what} is ${error} away`);
}

/** An identity head whose embedding is its input. */
function headOf(spec: object, weights: Variable | undefined) {
  const { model, loss } = resolveConfig({
    model: { heads: { identity: { embedding: width, dropout: 0, scale, ...spec } } },
  });
  const parameters = new Parameters(1, 16);
  const head = identityHead(parameters, width, classes, model.heads.identity, loss);
  const unit = new Float32Array(width * width);
  for (let i = 0; i < width; i++) unit[i * width + i] = 1;
  for (const parameter of parameters.all) {
    if (parameter.name.endsWith('embedding.weight')) Object.assign(parameter, { initial: () => unit });
    if (parameter.name.endsWith('embedding.bias')) Object.assign(parameter, { initial: undefined });
    if (parameter.name.endsWith('classifier.weight') && weights)
      Object.assign(parameter, { initial: weights.initial });
  }
  const classifier = parameters.all.find(({ name }) => name.endsWith('classifier.weight'))!;
  return { head, classifier };
}

describe('margin losses and their gradients equal PyTorch within 1e-4', () => {
  for (const name of ['arcface', 'cosface', 'adaface', 'subcenter']) {
    it(name, async () => {
      const columns = classes * (name === 'subcenter' ? centers : 1);
      const { head, classifier } = headOf({ loss: name, centers }, drawn('w', [width, columns]));
      await compare(name, { x: drawn('x', [batch, width]), w: classifier }, (read, inputs, context) => {
        const forward = { context: context as never, training: true };
        return head.loss(forward, head.apply(forward, read('x') as Tensor2D), {
          labels: inputs.identity as Tensor1D,
          weights: inputs.identityWeight as Tensor1D,
          warmth: tf.scalar(1),
        });
      });
    });
  }
});

describe('metric losses and their gradients equal PyTorch within 1e-4', () => {
  const metrics = {
    triplet_hard: { loss: 'triplet', margin: 0.3, mining: 'hard' },
    triplet_semi_hard: { loss: 'triplet', margin: 0.3, mining: 'semi_hard' },
    contrastive: { loss: 'contrastive', margin: 1 },
    supcon: { loss: 'supcon', temperature: 0.1 },
  };
  for (const [name, metric] of Object.entries(metrics)) {
    it(name, async () => {
      const { head } = headOf({ loss: 'none', metric: [metric] }, undefined);
      await compare(name, { x: drawn('x', [batch, width]) }, (read, inputs, context) => {
        const forward = { context: context as never, training: true };
        return head.loss(forward, head.apply(forward, read('x') as Tensor2D), {
          labels: inputs.identity as Tensor1D,
          weights: inputs.identityWeight as Tensor1D,
          warmth: tf.scalar(1),
        });
      });
    });
  }
});

describe('focal losses and LAMB equal PyTorch within 1e-4', () => {
  it('gender', () =>
    compare('gender_focal', { z: drawn('z', [batch], -3, 3) }, (read) =>
      genderLoss(
        read('z') as Tensor1D,
        tf.tensor1d([0, 1, 1, 0, 1, 0, 1, 0]),
        tf.fill([batch], 1 / batch) as Tensor1D,
        2,
      ),
    ));
  it('identity', () =>
    compare('identity_focal', { logits: drawn('logits', [batch, classes], -3, 3) }, (read, inputs) =>
      identityLoss(
        read('logits') as Tensor2D,
        inputs.identity as Tensor1D,
        inputs.identityWeight as Tensor1D,
        0,
        2,
      ),
    ));
  it('three steps of LAMB', async () => {
    const parameters = new Parameters(1, 16);
    const weight = parameters.matrix('lamb', 4, 3);
    Object.assign(weight, { initial: () => uniform('lamb', [4, 3], -1, 1) });
    const { optimizer: spec } = resolveConfig({ optimizer: { name: 'lamb' } });
    const optimizer = createOptimizer(spec, [weight]);
    const step = runtime.compile('lamb', ({ gradient, ...scalars }, context) => {
      optimizer.apply(context, new Map([[weight, gradient!]]), scalars, {
        rate: () => 1,
        decays: () => true,
      });
      return { done: gradient! };
    });
    for (let index = 1; index <= 3; index++) {
      const scalars = Object.entries(optimizer.scalars(index, 0.02)).map(([name, value]) => [
        name,
        { shape: [], dtype: 'float32', values: Float32Array.of(value) },
      ]);
      const values = uniform(`lamb/${index}`, [4, 3], -1, 1);
      await step.run({
        gradient: { shape: [4, 3], dtype: 'float32', values },
        ...Object.fromEntries(scalars),
      });
    }
    near((await runtime.values([weight])).get(weight)!, lamb, 'weights');
  });
});
