import { describe, it } from 'node:test';
import { withoutOneDnn } from '../support/onednn.ts';
import { assertForward, assertGradients } from './support/equality.ts';
import { readFixture } from './support/fixture.ts';

const backbones = [
  'tiny',
  'resnet34',
  'resnet101',
  'iresnet18',
  'iresnet50',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'efficientnet_b0',
  'convnext_tiny',
  'vgg19_bn',
  'vit_small',
];

for (const backbone of backbones) {
  describe(`${backbone} on oneDNN equals PyTorch within 1e-4`, { skip: withoutOneDnn }, () => {
    const fixture = readFixture(backbone);
    it('in the logits of inference', () => assertForward(fixture, 'onednn'));
    it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'onednn'));
  });
}
