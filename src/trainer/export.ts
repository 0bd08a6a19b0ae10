import { join } from 'node:path';
import { imagenet, type StateTensor } from '../model/index.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import { writeSafetensors } from './checkpoint/safetensors.ts';

/** Raised by a change that older readers cannot read. */
const formatVersion = 1;

/** The weights of a checkpoint that evaluation uses, by torchvision's names and in PyTorch's layout. */
export function torchWeights(tensors: ReadonlyMap<string, StateTensor>): Map<string, StateTensor> {
  const weights = new Map<string, StateTensor>();
  for (const [name, tensor] of tensors) {
    const parameter = /^model\/(.+)$/.exec(name)?.[1];
    if (parameter === undefined) continue;
    // The moving average, where there is one, is what the run was scored with.
    weights.set(parameter, transposed(tensors.get(`ema/${parameter}`) ?? tensor));
  }
  return weights;
}

const resizing = {
  stretch: 'stretched to size × size, the aspect ratio not kept',
  crop: 'the middle square, resized to size × size',
  pad: 'the whole picture inside size × size, black beside it',
};

/** What another program must know to use the weights. */
export function modelCard(run: string, { config, identities, state, dataHash }: Checkpoint): object {
  const { epoch, step, score, values } = state.best!;
  return {
    format: 'facecom-model',
    format_version: formatVersion,
    run,
    checkpoint: { epoch, step, score },
    validation: values,
    data_hash: dataHash,
    weights: 'model.safetensors',
    layout: "PyTorch's: convolutions [out, in, height, width], linear layers [out, in]",
    architecture: { backbone: config.model.backbone, ...config.model.heads },
    input: {
      size: config.data.image_size,
      colour: 'RGB',
      resize: resizing[config.data.fit],
      interpolation:
        'Lanczos (a = 3), antialiased; JPEGs may first be shrunk by a power of two as they are decoded',
      mean: imagenet.mean,
      std: imagenet.std,
      formula: '(pixel / 255 − mean) / std',
    },
    outputs: {
      gender: { shape: ['batch'], value: 'logit of Female', classes: ['Male', 'Female'] },
      identity: { shape: ['batch', identities.length], value: 'logits', classes: identities },
    },
  };
}

/** Writes the weights. Gives their number. */
export async function exportWeights(checkpoint: Checkpoint, folder: string): Promise<number> {
  const weights = torchWeights(checkpoint.tensors);
  await writeSafetensors(join(folder, 'model.safetensors'), weights, { format: 'pt' });
  return [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
}

/** Filters [height, width, in, out] and matrices [in, out] as PyTorch keeps them; the rest as it is. */
function transposed({ dtype, shape, data }: StateTensor): StateTensor {
  if (shape.length !== 4 && shape.length !== 2) return { dtype, shape, data };
  const output = shape.at(-1)!;
  const input = shape.at(-2)!;
  const area = data.length / (input * output);
  const values = new Float32Array(data.length);
  for (let o = 0; o < output; o++)
    for (let i = 0; i < input; i++)
      for (let k = 0; k < area; k++) values[(o * input + i) * area + k] = data[(k * input + i) * output + o]!;
  return { dtype: 'float32', shape: [output, input, ...shape.slice(0, -2)], data: values };
}
