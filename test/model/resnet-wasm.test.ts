import { describe, it } from 'node:test';
import { assertForward, assertGradients, assertSteps } from './support/equality.ts';
import { readFixture } from './support/fixture.ts';

// Native TensorFlow is held to the same fixture: what equals PyTorch on both is equal on both.
describe('resnet18 on wasm equals PyTorch within 1e-4', () => {
  const fixture = readFixture('resnet18');
  it('in the logits of inference', () => assertForward(fixture, 'wasm'));
  it('in losses, gradients and batch statistics', () => assertGradients(fixture, 'wasm'));
  it('after three steps of adam', () => assertSteps(fixture, 'adam', 'wasm'));
});
