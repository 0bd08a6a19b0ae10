import { FacecomError } from '../../base/errors.ts';
import { type BackboneName, backbones } from '../backbones/index.ts';
import { type Parameter, Parameters } from '../parameters.ts';
import { centred, imagenet, type Preprocess } from '../preprocess.ts';
import { fromTorch } from './layout.ts';
import { resampledPlaces } from './places.ts';
import type { FileTensor, WeightsFile } from './tensor.ts';
import { timmNames } from './timm.ts';

/** A file's values, matched with a network's parameters. */
export interface FittedWeights {
  values: Map<string, Float32Array>;
  /** How the weights expect their images. */
  preprocess: Preprocess;
  /** What was used and what was left out, for people. */
  notes: string[];
}

export interface FitOptions {
  file: string;
  backbone: BackboneName;
  imageSize: number;
  parameters: readonly Parameter[];
  /** Names of the identities, by class index: a classifier of others is dropped. */
  identities?: readonly string[];
  /** Order of the channels that the weights expect. */
  colour?: 'RGB' | 'BGR';
}

/** How a file calls parameters. */
interface Naming {
  name: string;
  of: (parameter: string) => string;
  /** What stands before all of its names. */
  prefix: string;
  /** The values lie in our layout. */
  ours?: boolean;
}

const heads = /^(?:gender_head|identity_head|balance)\./;
const isBackbone = ({ name }: { name: string }) => !heads.test(name);
/** The layer over the identities: what it holds belongs to its own list of them. */
const classifier = /^identity_head\.(?:1|3|classifier)\./;
/** What published weights end with, and what counts batches. */
const known = /(?:^|\.)(?:fc|classifier|head|head_dist|last_linear|logits)\.|num_batches_tracked$/;

/**
 * Chooses for each parameter the tensor of a file, by the names of torchvision, timm, insightface or facecom and under any prefix
 * (`module.`, `state_dict.`, `backbone.`). Throws `weights-mismatch` where the backbone is not completely there, `weights-shape`.
 */
export function fitWeights(weights: WeightsFile, options: FitOptions): FittedWeights {
  const { file, backbone, parameters } = options;
  const body = parameters.filter(isBackbone);
  const found = namingOf(weights, backbone, body);
  const used = new Set<string>();
  const values = new Map<string, Float32Array>();
  const missing: string[] = [];
  const shapes: string[] = [];
  for (const parameter of body) {
    const name = found.of(parameter.name);
    const tensor = weights.tensors.get(name);
    if (!tensor) {
      missing.push(parameter.name);
      continue;
    }
    used.add(name);
    const value = valuesOf(tensor, parameter, found);
    if (value) values.set(parameter.name, value);
    else shapes.push(`${name} [${tensor.shape}], where ${backbone} has [${parameter.torch.shape}]`);
  }
  if (missing.length > 0 && missing.length >= body.length / 2) throw foreign(weights, options, missing);
  const strangers = [...weights.tensors.keys()].filter((name) => !used.has(name));
  const inside = strangers.filter((name) => isPart(name, found, used));
  if (missing.length > 0 || inside.length > 0 || shapes.length > 0)
    throw mismatch(weights, options, { missing, inside, shapes });
  if (options.colour === 'BGR') turnChannels(body, values);
  const notes = [`${values.size} tensors of ${backbone} from ${file} (names of ${found.name})`];
  notes.push(...takeHeads(weights, options, found, values, used));
  const left = [...weights.tensors.keys()].filter(
    (name) =>
      !used.has(name) && !name.endsWith('num_batches_tracked') && !/^(?:optimizer|ema|model)\//.test(name),
  );
  if (left.length > 0) notes.push(`left out: ${some(left)}`);
  return { values, preprocess: preprocessOf(weights, backbone, found), notes };
}

/** Tries every naming under every prefix; the one that finds most of the backbone. */
function namingOf(weights: WeightsFile, backbone: BackboneName, body: readonly Parameter[]): Naming {
  const names = [...weights.tensors.keys()];
  if (weights.metadata.format === 'facecom') {
    const averaged = names.some((name) => name.startsWith('ema/'));
    const of = (name: string) =>
      averaged && weights.tensors.has(`ema/${name}`) ? `ema/${name}` : `model/${name}`;
    return { name: 'facecom', of, prefix: 'model/', ours: true };
  }
  const timm = timmNames[backbone];
  const schemes: Naming[] = [
    {
      name: backbone.startsWith('iresnet')
        ? 'insightface'
        : backbone.startsWith('vit')
          ? 'timm'
          : 'torchvision',
      of: (name) => name,
      prefix: '',
    },
    ...(timm ? [{ name: 'timm', of: timm, prefix: '' }] : []),
  ];
  let best: Naming = schemes[0]!;
  let most = -1;
  for (const scheme of schemes) {
    const first = scheme.of(body[0]!.name);
    const prefixes = new Set(['']);
    for (const name of names) if (name.endsWith(`.${first}`)) prefixes.add(name.slice(0, -first.length));
    for (const prefix of prefixes) {
      const of = (name: string) => prefix + scheme.of(name);
      const count = body.filter(({ name }) => weights.tensors.has(of(name))).length;
      if (count > most) {
        most = count;
        best = { name: scheme.name, of, prefix };
      }
    }
  }
  return best;
}

/** Undefined if the shape does not fit; sides of 1 do not count. */
function valuesOf(tensor: FileTensor, parameter: Parameter, { ours }: Naming): Float32Array | undefined {
  const expected = ours ? parameter.shape : parameter.torch.shape;
  const plain = (shape: readonly number[]) => shape.filter((n) => n !== 1).join();
  if (plain(tensor.shape) === plain(expected))
    return ours ? tensor.data : fromTorch(tensor.data, parameter.shape, parameter.torch);
  if (parameter.name !== 'pos_embed') return undefined;
  const [, tokens, width] = parameter.shape as [number, number, number];
  const [from, to] = [Math.sqrt((tensor.shape[1] ?? 0) - 1), Math.sqrt(tokens - 1)];
  return Number.isInteger(from) && tensor.shape[2] === width
    ? resampledPlaces(tensor.data, width, from, to)
    : undefined;
}

/** Whether a tensor that nothing takes belongs to a backbone all the same: it lies in a part that others were taken of. */
function isPart(name: string, { prefix }: Naming, used: ReadonlySet<string>): boolean {
  if (known.test(name) || !name.startsWith(prefix)) return false;
  const part = name.slice(prefix.length).split('.')[0]!;
  if (!/^(?:layer\d|features|blocks|stages|stem|conv|bn)/.test(part)) return false;
  return [...used].some((other) => other.startsWith(`${prefix}${part}.`));
}

/** Heads of our own weights, as far as they fit. Returns what was taken and dropped. */
function takeHeads(
  weights: WeightsFile,
  { parameters, identities }: FitOptions,
  naming: Naming,
  values: Map<string, Float32Array>,
  used: Set<string>,
): string[] {
  const before: unknown = parsed(weights.metadata.identities);
  const others =
    Array.isArray(before) && identities !== undefined && before.join('\0') !== identities.join('\0');
  const dropped: string[] = [];
  let taken = 0;
  for (const parameter of parameters) {
    if (isBackbone(parameter)) continue;
    const name = naming.of(parameter.name);
    const tensor = weights.tensors.get(name);
    if (!tensor) continue;
    used.add(name);
    const value = classifier.test(parameter.name) && others ? undefined : valuesOf(tensor, parameter, naming);
    if (value) {
      values.set(parameter.name, value);
      taken++;
    } else dropped.push(parameter.name);
  }
  return [
    ...(taken > 0 ? [`${taken} tensors of its heads`] : []),
    ...(dropped.length > 0
      ? [
          `${some(dropped)} of the file ${others ? 'belong to other identities' : 'have another shape'}: drawn anew`,
        ]
      : []),
  ];
}

function preprocessOf({ metadata }: WeightsFile, backbone: BackboneName, { name }: Naming): Preprocess {
  const own = parsed(metadata.preprocess) as Preprocess | undefined;
  if (own && Array.isArray(own.mean) && Array.isArray(own.std)) return { mean: own.mean, std: own.std };
  if (name === 'facecom') return imagenet;
  return backbone.startsWith('iresnet') || backbone.startsWith('vit') ? centred : imagenet;
}

/** Turns the channels of the first filter, so that the network takes RGB. */
function turnChannels(body: readonly Parameter[], values: Map<string, Float32Array>): void {
  const first = body.find(({ shape }) => shape.length === 4)!;
  const old = values.get(first.name)!;
  const output = first.shape[3]!;
  values.set(
    first.name,
    old.map((_, i) => {
      const [channel, rest] = [Math.floor(i / output) % 3, i - (Math.floor(i / output) % 3) * output];
      return old[rest + (2 - channel) * output]!;
    }),
  );
}

function mismatch(
  weights: WeightsFile,
  options: FitOptions,
  { missing, inside, shapes }: { missing: string[]; inside: string[]; shapes: string[] },
): FacecomError {
  const { file, backbone } = options;
  const other = lookAlike(weights, options);
  return new FacecomError('weights-mismatch', `The weights ${file} do not fit ${backbone}.`, {
    place: { file },
    found: [
      ...(shapes.length > 0 ? [`of another shape: ${some(shapes)}`] : []),
      ...(missing.length > 0 ? [`missing: ${some(missing)}`] : []),
      ...(inside.length > 0 ? [`not used: ${some(inside)}`] : []),
    ].join('; '),
    expected: `every tensor of ${backbone}, and no other of a backbone`,
    remedy: other
      ? `They look like ${other}'s: set model.backbone: ${other}.`
      : shapes.length > 0 && backbone.startsWith('iresnet')
        ? 'The last layer of an iresnet belongs to one size of image: set data.image_size to it (112 in insightface).'
        : 'Choose the backbone that they were made with.',
    exitCode: 2,
  });
}

/** Nothing, or next to nothing, of the backbone is there. */
function foreign(weights: WeightsFile, options: FitOptions, missing: string[]): FacecomError {
  const names = [...weights.tensors.keys()];
  const facenet = names.some((name) => /(?:^|\.)conv2d_1a\.conv\.weight$/.test(name));
  const error = mismatch(weights, options, { missing, inside: [], shapes: [] });
  const { file, backbone } = options;
  return new FacecomError('weights-mismatch', `The weights ${file} are not those of ${backbone}.`, {
    place: { file },
    found: `${names.length} tensors: ${some(names)}`,
    expected: `names such as ${missing.slice(0, 3).join(', ')}`,
    remedy: facenet
      ? "They are facenet's InceptionResnetV1, which is not among the backbones; insightface's iresnet18 or iresnet50 serve the same purpose."
      : error.remedy,
    exitCode: 2,
  });
}

/** The backbone that a file's names and shapes are all of, if it is one of ours. */
function lookAlike(weights: WeightsFile, { imageSize, backbone }: FitOptions): BackboneName | undefined {
  for (const name of Object.keys(backbones) as BackboneName[]) {
    if (name === backbone) continue;
    const made = new Parameters(0, imageSize);
    backbones[name](made);
    const naming = namingOf(weights, name, made.all);
    const fits = made.all.every((parameter) => {
      const tensor = weights.tensors.get(naming.of(parameter.name));
      return tensor !== undefined && valuesOf(tensor, parameter, naming) !== undefined;
    });
    const used = new Set(made.all.map((parameter) => naming.of(parameter.name)));
    if (fits && ![...weights.tensors.keys()].some((one) => !used.has(one) && isPart(one, naming, used)))
      return name;
  }
  return undefined;
}

const some = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
