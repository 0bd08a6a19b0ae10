import { Random } from '../base/random.ts';
import type { Variable } from '../tensor/index.ts';

/** How torch lays a weight out: the order of our axes in it, and its shape where that is not ours in that order. */
export interface TorchLayout {
  axes: readonly number[];
  shape: readonly number[];
}

/** A weight, with the name that torchvision, timm or insightface gives it, so that weights can be exchanged. */
export interface Parameter extends Variable {
  readonly trainable: boolean;
  readonly torch: TorchLayout;
  /** How many layers of the backbone lie below it: layer-wise decay counts from there. */
  readonly depth: number;
  /** Biases and what scales a normalisation: they may be left out of weight decay. */
  readonly small: boolean;
}

/** Draws initial values. */
export type Initial = (random: Random, values: Float32Array) => void;

export const normal =
  (deviation: number): Initial =>
  (random, values) => {
    random.normals(deviation, values);
  };

/** Normal, redrawn beyond two deviations: timm's trunc_normal_. */
export const truncated =
  (deviation: number): Initial =>
  (random, values) => {
    for (let i = 0; i < values.length; i++) {
      let value = random.normal(0, 1);
      while (Math.abs(value) > 2) value = random.normal(0, 1);
      values[i] = value * deviation;
    }
  };

/** Within ±1/√in: torch.nn.Linear's. */
export const uniform = (fanIn: number): Initial => {
  const bound = 1 / Math.sqrt(fanIn);
  return (random, values) => {
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-bound, bound);
  };
};

export const constant =
  (value: number): Initial =>
  (_, values) => {
    values.fill(value);
  };

/** Kaiming normal, fan out, for ReLU (He et al., 2015). */
export const kaiming = (fanOut: number): Initial => normal(Math.sqrt(2 / fanOut));

/** Makes the parameters of a network and keeps them in the order of their making. */
export class Parameters {
  readonly all: Parameter[] = [];
  /** Side of the square images, pixels: the shapes of some weights follow from it. */
  readonly imageSize: number;
  /** Layers of the backbone begun so far. */
  depth = 0;
  private readonly seed: number;

  constructor(seed: number, imageSize: number) {
    this.seed = seed;
    this.imageSize = imageSize;
  }

  /** [kernel, kernel, in, out] */
  convolution(
    name: string,
    kernel: number,
    input: number,
    output: number,
    initial: Initial = kaiming(kernel * kernel * output),
  ): Parameter {
    return this.make(name, [kernel, kernel, input, output], initial, { axes: [3, 2, 0, 1] });
  }

  /** A filter a channel: [kernel, kernel, channels, 1] */
  depthwise(
    name: string,
    kernel: number,
    channels: number,
    initial: Initial = kaiming(kernel * kernel),
  ): Parameter {
    return this.make(name, [kernel, kernel, channels, 1], initial, { axes: [2, 3, 0, 1] });
  }

  /** [in, out] */
  matrix(name: string, input: number, output: number, initial: Initial = uniform(input)): Parameter {
    return this.make(name, [input, output], initial, { axes: [1, 0] });
  }

  /** A vector or what torch lays out as we do; `torch`: the shape that it has there. */
  plain(
    name: string,
    shape: number[],
    initial: Initial,
    options: { trainable?: boolean; torch?: number[]; small?: boolean } = {},
  ): Parameter {
    const { torch = shape, trainable = true, small = shape.length <= 1 } = options;
    return this.make(name, shape, initial, { axes: shape.map((_, i) => i), shape: torch, trainable, small });
  }

  /** Uniform within ±1/√in: torch.nn.Linear's. */
  uniform(name: string, shape: number[], fanIn: number): Parameter {
    return shape.length === 2
      ? this.matrix(name, shape[0]!, shape[1]!, uniform(fanIn))
      : this.plain(name, shape, uniform(fanIn));
  }

  constant(name: string, shape: number[], value: number, trainable: boolean): Parameter {
    return this.plain(name, shape, constant(value), { trainable });
  }

  private make(
    name: string,
    shape: number[],
    fill: Initial,
    options: { axes: number[]; shape?: number[]; trainable?: boolean; small?: boolean },
  ): Parameter {
    const { axes, trainable = true, small = false } = options;
    const initial = (values: Float32Array = new Float32Array(shape.reduce((a, b) => a * b, 1))) => {
      fill(new Random(this.seed, 'init', name), values);
      return values;
    };
    const torch = { axes, shape: options.shape ?? axes.map((axis) => shape[axis]!) };
    const parameter = { name, shape, trainable, initial, torch, depth: this.depth, small };
    this.all.push(parameter);
    return parameter;
  }
}
