import * as tf from '@tensorflow/tfjs-core';
import { register, view, zeros } from './heap.ts';

interface Attributes {
  strides: [number, number] | number;
  dilations: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape = [number, number, number, number];
type Info = tf.backend_util.Conv2DInfo;

/** Registers the gradients of a depthwise convolution, which tfjs's WebAssembly lacks. They are bound by memory: plain loops. */
export function registerDepthwiseGradients(): void {
  register(tf.DepthwiseConv2dNativeBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
    const { filterShape, ...attributes } = attrs as unknown as Attributes & { filterShape: Shape };
    const info = geometry(x.shape, filterShape, attributes);
    const gradient = zeros(filterShape);
    const [pixels, errors, sums] = [view(x), view(dy), view(gradient)];
    eachTap(info, (pixel, filter, output) => {
      const { inChannels, outChannels } = info;
      const multiplier = outChannels / inChannels;
      for (let channel = 0; channel < inChannels; channel++) {
        const value = pixels[pixel + channel]!;
        for (let m = channel * multiplier; m < (channel + 1) * multiplier; m++) {
          sums[filter + m]! += value * errors[output + m]!;
        }
      }
    });
    return gradient;
  });
  register(tf.DepthwiseConv2dNativeBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as Record<'dy' | 'filter', tf.Tensor4D>;
    const { inputShape, ...attributes } = attrs as unknown as Attributes & { inputShape: Shape };
    const info = geometry(inputShape, filter.shape, attributes);
    const gradient = zeros(inputShape);
    const [weights, errors, sums] = [view(filter), view(dy), view(gradient)];
    eachTap(info, (pixel, tap, output) => {
      const { inChannels, outChannels } = info;
      const multiplier = outChannels / inChannels;
      for (let channel = 0; channel < inChannels; channel++) {
        let sum = 0;
        for (let m = channel * multiplier; m < (channel + 1) * multiplier; m++) {
          sum += weights[tap + m]! * errors[output + m]!;
        }
        sums[pixel + channel]! += sum;
      }
    });
    return gradient;
  });
}

function geometry(
  input: Shape,
  filter: Shape,
  { strides, dilations, pad, dimRoundingMode }: Attributes,
): Info {
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode, true);
}

/** Calls `tap` for each pair of a pixel and a filter's place that meet at an output: where their channels begin. */
function eachTap(info: Info, tap: (pixel: number, filter: number, output: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  for (let b = 0; b < info.batchSize; b++) {
    for (let y = 0; y < outHeight; y++) {
      for (let i = 0; i < info.filterHeight; i++) {
        const row = y * info.strideHeight - info.padInfo.top + i * info.dilationHeight;
        if (row < 0 || row >= inHeight) continue;
        for (let x = 0; x < outWidth; x++) {
          for (let j = 0; j < info.filterWidth; j++) {
            const column = x * info.strideWidth - info.padInfo.left + j * info.dilationWidth;
            if (column < 0 || column >= inWidth) continue;
            const pixel = ((b * inHeight + row) * inWidth + column) * inChannels;
            const output = ((b * outHeight + y) * outWidth + x) * outChannels;
            tap(pixel, (i * info.filterWidth + j) * outChannels, output);
          }
        }
      }
    }
  }
}
