import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAside } from '../base/files.ts';
import { imagenet, type Parameter, parametersOf, type StateTensor, toTorch } from '../model/index.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import { writeSafetensors } from './checkpoint/safetensors.ts';
import { classCount } from './class-count.ts';
import { openTrained } from './trained.ts';

/** Raised by a change that older readers cannot read. */
const formatVersion = 1;

/** The weights of a checkpoint that evaluation uses, by the names of torchvision, timm or insightface and in PyTorch's layout. */
export function torchWeights(
  tensors: ReadonlyMap<string, StateTensor>,
  parameters: readonly Pick<Parameter, 'name' | 'shape' | 'torch'>[],
): Map<string, StateTensor> {
  const weights = new Map<string, StateTensor>();
  for (const { name, shape, torch } of parameters) {
    // The moving average, if there is one, is what the run was scored with.
    const tensor = tensors.get(`ema/${name}`) ?? tensors.get(`model/${name}`);
    if (!tensor || name.startsWith('balance.')) continue;
    const data = toTorch(tensor.data as Float32Array, shape, torch);
    weights.set(name, { dtype: 'float32', shape: [...torch.shape], data });
  }
  return weights;
}

const resizing = {
  stretch: 'stretched to size × size, the aspect ratio not kept',
  crop: 'the middle square, resized to size × size',
  pad: 'the whole image inside size × size, black beside it',
};

/** What another program must know to use the weights. */
export function modelCard(
  run: string,
  { config, identities, state, dataHash, preprocess = imagenet }: Checkpoint,
): object {
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
      mean: preprocess.mean,
      std: preprocess.std,
      formula: '(pixel / 255 − mean) / std',
    },
    outputs: {
      gender: { shape: ['batch'], value: 'logit of Female', classes: ['Male', 'Female'] },
      identity: { shape: ['batch', identities.length], value: 'logits', classes: identities },
    },
  };
}

/** What every exported file says of itself. */
function cardText({ identities, preprocess = imagenet }: Checkpoint): Record<string, string> {
  return { identities: JSON.stringify(identities), preprocess: JSON.stringify(preprocess) };
}

/** Writes the weights as model.safetensors. Returns their number. */
export async function exportWeights(checkpoint: Checkpoint, folder: string): Promise<number> {
  const { config, identities, tensors } = checkpoint;
  const weights = torchWeights(tensors, parametersOf(config, classCount(identities)));
  const metadata = { format: 'pt', ...cardText(checkpoint) };
  await writeSafetensors(join(folder, 'model.safetensors'), weights, metadata);
  return [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
}

/** The file of each format, below the folder of the export. */
export const graphFiles = { onnx: 'model.onnx', savedmodel: 'saved_model/saved_model.pb' } as const;

/** Writes the network with its weights, for batches of `size`. Throws `export-op`, `export-backend`. */
export async function exportGraph(
  checkpoint: Checkpoint,
  { format, folder, size }: { format: keyof typeof graphFiles; folder: string; size: number },
): Promise<void> {
  const learner = await openTrained(checkpoint);
  try {
    const file = join(folder, graphFiles[format]);
    mkdirSync(dirname(file), { recursive: true });
    writeAside(file, await learner.toGraph!(format, size, cardText(checkpoint)));
  } finally {
    learner.dispose();
  }
}
