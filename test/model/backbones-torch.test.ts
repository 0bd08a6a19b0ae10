import { describe, it } from 'node:test';
import { withoutTensorFlow } from '../support/tensorflow.ts';
import { assertForward, assertGradients } from './support/equality.ts';
import { fixedBackbones, readFixture } from './support/fixture.ts';

for (const backbone of fixedBackbones) {
  describe(`${backbone} with two heads equals PyTorch within 1e-4`, { skip: withoutTensorFlow }, () => {
    const fixture = readFixture(backbone);
    it('in the logits of inference', () => assertForward(fixture, 'tensorflow'));
    it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'tensorflow'));
  });
}

describe('tiny on wasm equals PyTorch within 1e-4', () => {
  const fixture = readFixture('tiny');
  it('in the logits of inference', () => assertForward(fixture, 'wasm'));
  it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'wasm'));
});
