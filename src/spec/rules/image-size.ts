import type { Experiment } from '../experiment.generated.ts';
import { broken, type Rule } from './rule.ts';

/** Pixels of a picture that one place of a backbone's last feature map stands for; unknown for those of plugins. */
const strides: Partial<Record<Experiment['model']['backbone'], number>> = { resnet18: 32, resnet50: 32 };

/** A picture smaller than a backbone's stride leaves its last stages less than a pixel to look at: it trains, and is hardly meant. */
export const imageSize: Rule = {
  reads: ['data', 'model', 'trainer'],
  check({ data: { image_size }, model: { backbone }, trainer }) {
    const stride = strides[backbone];
    if (stride === undefined || trainer.command !== undefined || image_size >= stride) return [];
    return broken(
      'rule-image-size',
      ['data', 'image_size'],
      `Pictures of ${image_size} pixels are smaller than the stride of ${backbone}: its last stages see less than a pixel.`,
      { found: String(image_size), expected: `at least ${stride} pixels`, warning: true },
    );
  },
};
