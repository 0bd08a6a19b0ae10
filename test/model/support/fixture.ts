import { readFileSync } from 'node:fs';
import type { LabelledBatch, Learner, ModelConfig } from '../../../src/model/index.ts';
import { resolveConfig } from '../../../src/spec/index.ts';
import { bits, type Fingerprint, uniform } from '../../support/formula.ts';

/** What scripts/fixtures/resnet.py and backbones.py write. */
export interface ResnetFixture {
  backbone: string;
  batch: number;
  size: number;
  /** Names the images. */
  salt: number;
  identities: number;
  hidden: { gender: number; identity: number };
  loss: { alpha: number; beta: number; label_smoothing: number };
  labels: { gender: number[]; identity: number[] };
  float32_error: Record<string, number>;
  logits: { gender: number[]; identity: number[] };
  losses: { gender: number; identity: number };
  gradients: Record<string, Fingerprint>;
  /** What a gradient is measured against where it is smaller. */
  gradients_floor?: number;
  /** How far each moves, relatively, where a ReLU whose input is rounding's to decide opens or not. */
  gradients_ambiguity: Record<string, number>;
  statistics: Record<string, Fingerprint>;
  optimizers: Record<
    string,
    {
      options: Record<string, number | number[] | boolean>;
      losses: [number, number][];
      /** As `gradients_ambiguity`, of the losses. */
      losses_ambiguity: number;
      model: Record<string, Fingerprint>;
      /** The same of each tensor. */
      ambiguity: Record<string, number>;
    }
  >;
}

export function readFixture(backbone: string): ResnetFixture {
  return JSON.parse(readFileSync(new URL(`../../fixtures/model/${backbone}.json`, import.meta.url), 'utf8'));
}

/** An optimizer as a spec says it. */
export type OptimizerOptions = Record<string, string | number | boolean | number[]> & { name: string };

/** The experiment of a fixture. */
export function configOf(
  fixture: ResnetFixture,
  optimizer: OptimizerOptions,
  backend: ModelConfig['resources']['backend'] = 'tensorflow',
): ModelConfig {
  const { hidden } = fixture;
  return resolveConfig({
    data: { image_size: fixture.size },
    model: {
      backbone: fixture.backbone,
      heads: {
        gender: { hidden: hidden.gender, dropout: 0 },
        identity: { hidden: hidden.identity, dropout: 0 },
      },
    },
    loss: fixture.loss,
    optimizer,
    train: { precision: 'float32' },
    resources: { device: 'cpu', backend },
  });
}

/** Images and labels of a fixture. */
export function batchOf({ batch, size, salt, labels }: ResnetFixture): LabelledBatch {
  return {
    images: pictures(batch, size, salt),
    gender: Int8Array.from(labels.gender),
    identity: Int32Array.from(labels.identity),
    size: batch,
  };
}

/** Pixels on a side, and eighths of the sum: see `pictures` of scripts/fixtures/resnet.py. */
const SQUARES = [
  [24, 3],
  [12, 2],
  [6, 2],
  [1, 1],
] as const;

function pictures(batch: number, size: number, salt: number): Uint8Array {
  const total = new Uint16Array(batch * size * size * 3);
  for (const [side, weight] of SQUARES) {
    const word = bits(`pictures/${salt}/${side}`);
    const cells = size / side;
    for (let i = 0; i < total.length; i++) {
      const [channel, pixel] = [i % 3, Math.floor(i / 3)];
      const [x, y] = [pixel % size, Math.floor(pixel / size) % size];
      const picture = Math.floor(pixel / (size * size));
      const cell = (picture * cells + Math.floor(y / side)) * cells + Math.floor(x / side);
      total[i]! += weight * (word(cell * 3 + channel) >>> 24);
    }
  }
  return Uint8Array.from(total, (value) => value >>> 3);
}

/** Returns a learner the fixture's weights, drawn by formula as `fill` of scripts/fixtures/resnet.py draws them. */
export async function loadFormula(learner: Learner): Promise<void> {
  const state = await learner.state();
  for (const [name, tensor] of state)
    if (name.startsWith('model/')) tensor.data = drawnWeights(name.slice(6), tensor.shape);
  await learner.load(state);
}

/** A parameter's values, in our layout. */
export function drawnWeights(name: string, shape: readonly number[]): Float32Array {
  const within = (bound: number) => uniform(name, shape, -bound, bound);
  // A filter a channel has one input.
  if (shape.length === 4)
    return within(Math.sqrt(6 / (shape[0]! * shape[1]! * (shape[3] === 1 ? 1 : shape[2]!))));
  if (shape.length === 2) return within(Math.sqrt(3 / shape[0]!));
  // Residual branches that add little: a deep network in float32 is not comparable otherwise.
  if (name.endsWith('bn3.weight') || name.endsWith('layer_scale')) return uniform(name, shape, 0.1, 0.3);
  if (/(^|\.)prelu\.weight$/.test(name)) return uniform(name, shape, 0.1, 0.4);
  if (name.endsWith('running_var') || name.endsWith('weight')) return uniform(name, shape, 0.8, 1.2);
  return within(0.1);
}

/** Backbones with a fixture of PyTorch's, beside ResNet-18 and -50, which have tests of their own. */
export const fixedBackbones = [
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
