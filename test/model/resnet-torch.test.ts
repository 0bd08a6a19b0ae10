import { describe, it } from 'node:test';
import { withoutTensorFlow } from '../support/tensorflow.ts';
import { assertForward, assertGradients, assertSteps } from './support/equality.ts';
import { readFixture } from './support/fixture.ts';

for (const backbone of ['resnet18', 'resnet50']) {
  describe(`${backbone} with two heads equals PyTorch within 1e-4`, { skip: withoutTensorFlow }, () => {
    const fixture = readFixture(backbone);
    it('in the logits of inference', () => assertForward(fixture, 'tensorflow'));
    it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'tensorflow'));
    for (const optimizer of Object.keys(fixture.optimizers)) {
      it(`after three steps of ${optimizer}`, () => assertSteps(fixture, optimizer, 'tensorflow'));
    }
  });
}
