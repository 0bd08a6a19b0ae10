import type { BackboneName } from '../backbones/index.ts';

/** The beginning of one of our names → of timm's. */
type Prefixes = Array<[ours: string, timm: string]>;

interface Blocks {
  /** Blocks of each stage. */
  stages: readonly number[];
  /** Our name of a block. */
  block: (stage: number, index: number, overall: number) => string;
  /** Whether a block has squeeze-and-excitation. */
  excites: (overall: number) => boolean;
  /** Our names of what a block is made of, in order. */
  parts: (widens: boolean, excites: boolean) => Array<{ convolution: string; norm?: string }>;
}

/** timm builds MobileNets and EfficientNets from one kind of block, whose first stage does not widen. */
function blocks({ stages, block, excites, parts }: Blocks): Prefixes {
  const pairs: Prefixes = [];
  let overall = 0;
  for (const [stage, count] of stages.entries())
    for (let index = 0; index < count; index++) {
      const widens = stage > 0;
      const excited = excites(overall);
      const [ours, theirs] = [block(stage, index, overall), `blocks.${stage}.${index}`];
      const names = [
        ...(widens ? [['conv_pw', 'bn1']] : []),
        ['conv_dw', widens ? 'bn2' : 'bn1'],
        ...(excited ? [['se.conv_reduce'], ['se.conv_expand']] : []),
        widens ? ['conv_pwl', 'bn3'] : ['conv_pw', 'bn2'],
      ];
      for (const [i, { convolution, norm }] of parts(widens, excited).entries()) {
        pairs.push([`${ours}.${convolution}`, `${theirs}.${names[i]![0]}`]);
        if (norm) pairs.push([`${ours}.${norm}`, `${theirs}.${names[i]![1]}`]);
      }
      overall++;
    }
  return pairs;
}

/** Parts of torchvision's inverted residual with squeeze-and-excitation. */
function parts(widens: boolean, excites: boolean): Array<{ convolution: string; norm?: string }> {
  let index = 0;
  const pair = () => {
    const name = `block.${index++}`;
    return { convolution: `${name}.0`, norm: `${name}.1` };
  };
  const found: Array<{ convolution: string; norm?: string }> = [...(widens ? [pair()] : []), pair()];
  if (excites) {
    const name = `block.${index++}`;
    found.push({ convolution: `${name}.fc1` }, { convolution: `${name}.fc2` });
  }
  return [...found, pair()];
}

const stem: Prefixes = [
  ['features.0.0', 'conv_stem'],
  ['features.0.1', 'bn1'],
];

const mobilenetV2: Prefixes = [
  ...stem,
  ...blocks({
    stages: [1, 2, 3, 4, 3, 3, 1],
    block: (_, __, overall) => `features.${overall + 1}`,
    excites: () => false,
    parts: (widens) => [
      ...(widens ? [{ convolution: 'conv.0.0', norm: 'conv.0.1' }] : []),
      { convolution: `conv.${widens ? 1 : 0}.0`, norm: `conv.${widens ? 1 : 0}.1` },
      { convolution: `conv.${widens ? 2 : 1}`, norm: `conv.${widens ? 3 : 2}` },
    ],
  }),
  ['features.18.0', 'conv_head'],
  ['features.18.1', 'bn2'],
];

const mobilenetV3: Prefixes = [
  ...stem,
  ...blocks({
    stages: [1, 2, 3, 2, 3],
    block: (_, __, overall) => `features.${overall + 1}`,
    excites: (overall) => overall !== 1 && overall !== 2,
    parts,
  }),
  ['features.12.0', 'blocks.5.0.conv'],
  ['features.12.1', 'blocks.5.0.bn1'],
  ['classifier.0', 'conv_head'],
];

const efficientnet: Prefixes = [
  ...stem,
  ...blocks({
    stages: [1, 2, 2, 3, 3, 4, 1],
    block: (stage, index) => `features.${stage + 1}.${index}`,
    excites: () => true,
    parts,
  }),
  ['features.8.0', 'conv_head'],
  ['features.8.1', 'bn2'],
];

/** A block's layer of torchvision's ConvNeXt → timm's. */
const convnextLayers: Record<string, string> = {
  'block.0': 'conv_dw',
  'block.2': 'norm',
  'block.3': 'mlp.fc1',
  'block.5': 'mlp.fc2',
};

function convnext(name: string): string {
  if (name.startsWith('classifier.0.')) return name.replace('classifier.0', 'head.norm');
  const [, place, rest] = /^features\.(\d+)\.(.+)$/.exec(name)!;
  const index = Number(place);
  if (index === 0) return `stem.${rest}`;
  const stage = `stages.${index >> 1}`;
  if (index % 2 === 0) return `${stage}.downsample.${rest}`;
  const [, block, inner] = /^(\d+)\.(.+)$/.exec(rest!)!;
  if (inner === 'layer_scale') return `${stage}.blocks.${block}.gamma`;
  const layer = inner!.slice(0, 'block.0'.length);
  return `${stage}.blocks.${block}.${convnextLayers[layer]}${inner!.slice(layer.length)}`;
}

const byPrefix = (pairs: Prefixes) => (name: string) => {
  const found = pairs.find(([ours]) => name.startsWith(`${ours}.`));
  return found ? found[1] + name.slice(found[0].length) : name;
};

/** timm's name of a parameter of ours, for the backbones whose names differ from torchvision's. */
export const timmNames: Partial<Record<BackboneName, (name: string) => string>> = {
  mobilenet_v2: byPrefix(mobilenetV2),
  mobilenet_v3_small: byPrefix(mobilenetV3),
  efficientnet_b0: byPrefix(efficientnet),
  convnext_tiny: convnext,
};
