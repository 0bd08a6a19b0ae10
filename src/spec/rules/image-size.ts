import type { Experiment } from '../experiment.generated.ts';
import { broken, type Rule } from './rule.ts';

/** Pixels of an image that one place of a backbone's last feature map stands for; unknown for those of plugins. */
const strides: Partial<Record<Experiment['model']['backbone'], number>> = {
  resnet18: 32,
  resnet34: 32,
  resnet50: 32,
  resnet101: 32,
  iresnet18: 16,
  iresnet50: 16,
  mobilenet_v2: 32,
  mobilenet_v3_small: 32,
  efficientnet_b0: 32,
  convnext_tiny: 32,
  vgg19_bn: 32,
  vit_small: 16,
  tiny: 8,
};

/** An image smaller than a backbone's stride leaves its last stages less than a pixel to look at: it trains, and is hardly meant. */
export const imageSize: Rule = {
  reads: ['data', 'model', 'trainer'],
  check({ data: { image_size }, model: { backbone }, trainer }) {
    const stride = strides[backbone];
    if (stride === undefined || trainer.command !== undefined || image_size >= stride) return [];
    return broken(
      'rule-image-size',
      ['data', 'image_size'],
      `Images of ${image_size} pixels are smaller than the stride of ${backbone}: its last stages see less than a pixel.`,
      { found: String(image_size), expected: `at least ${stride} pixels`, warning: true },
    );
  },
};

/** A Vision Transformer cuts its images into whole patches. */
export const patches: Rule = {
  reads: ['data', 'model', 'trainer'],
  check({ data: { image_size }, model: { backbone }, trainer }) {
    const patch = strides.vit_small!;
    if (trainer.command !== undefined || backbone !== 'vit_small' || image_size % patch === 0) return [];
    const near = Math.max(patch, Math.round(image_size / patch) * patch);
    return broken(
      'rule-patches',
      ['data', 'image_size'],
      `Images of ${image_size} pixels cannot be cut into the patches of ${backbone}.`,
      { found: String(image_size), expected: `a multiple of ${patch}, such as ${near}` },
    );
  },
};
