import { describe, it } from 'node:test';
import { withoutOneDnn } from '../support/onednn.ts';
import { assertForward, assertGradients, assertSteps } from './support/equality.ts';
import { readFixture } from './support/fixture.ts';

for (const backbone of ['resnet18', 'resnet50']) {
  describe(`${backbone} on oneDNN equals PyTorch within 1e-4`, { skip: withoutOneDnn }, () => {
    const fixture = readFixture(backbone);
    it('in the logits of inference', () => assertForward(fixture, 'onednn'));
    it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'onednn'));
    for (const optimizer of Object.keys(fixture.optimizers)) {
      it(`after three steps of ${optimizer}`, () => assertSteps(fixture, optimizer, 'onednn'));
    }
  });
}
