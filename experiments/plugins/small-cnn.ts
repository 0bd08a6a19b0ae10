// A backbone: convolutions of 3 × 3, each with a step of 2, and the mean over what is left of the picture.
import * as tf from '@tensorflow/tfjs-core';
import { defineBackbone } from 'facecom';
import { biasAdd, conv2d, relu } from 'facecom/layers';

interface Options {
  widths: number[];
}

export default defineBackbone<Options>({
  name: 'small_cnn',
  description: 'Convolutions of 3 × 3 with a step of 2, then the mean over the picture.',
  parameters: {
    widths: {
      type: 'array',
      description: 'Channels of each convolution.',
      items: { type: 'integer', minimum: 1 },
      minItems: 1,
      default: [16, 32],
    },
  },
  create(parameters, { widths }) {
    const layers = widths.map((width, i) => {
      const before = widths[i - 1] ?? 3;
      const filter = parameters.convolution(`conv${i}.weight`, 3, before, width);
      const bias = parameters.constant(`conv${i}.bias`, [width], 0, true);
      return { filter, bias };
    });
    return {
      features: widths.at(-1)!,
      apply({ context }, pictures) {
        let x = pictures;
        for (const { filter, bias } of layers)
          x = relu(
            biasAdd(
              conv2d(x, context.read(filter) as tf.Tensor4D, { stride: 2, padding: 1 }),
              context.read(bias) as tf.Tensor1D,
            ),
          );
        return tf.mean(x, [1, 2]) as tf.Tensor2D;
      },
    };
  },
});
