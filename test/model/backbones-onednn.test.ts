import { describe, it } from 'node:test';
import { withoutOneDnn } from '../support/onednn.ts';
import { assertForward, assertGradients } from './support/equality.ts';
import { fixedBackbones, readFixture } from './support/fixture.ts';

for (const backbone of fixedBackbones) {
  describe(`${backbone} on oneDNN equals PyTorch within 1e-4`, { skip: withoutOneDnn }, () => {
    const fixture = readFixture(backbone);
    it('in the logits of inference', () => assertForward(fixture, 'onednn'));
    it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'onednn'));
  });
}
