import { join } from 'node:path';

/** An experiment file with what is set on top of it. */
export interface Recipe {
  name: string;
  spec: string;
  set: readonly string[];
}

const experiments = join(import.meta.dirname, '../../../experiments');

/** Of every recipe: epochs and size are those of the replaced program's comparison, and nothing of the machine decides a score. */
const same = ['data.image_size=112', 'train.epochs=30', 'tracking.mlflow=off', 'evaluate.intervals=0'];

/** The conditions of FaceCom, which a recipe is scored under at severity 3. */
export const conditions = [
  'motion_blur',
  'overexposure',
  'fog',
  'rain',
  'low_light',
  'noise',
  'glare',
] as const;

const byImage = 'data.split={train: 0.5, validation: 0, test: 0.5}';
const scored = [byImage, `evaluate.conditions=[${conditions.join(', ')}]`, 'evaluate.severities=[3]'];

/** Half of the people learn, the others are matched by what was learnt. */
const byIdentity = [
  'data.split={train: 0.5, validation: 0, test: 0.5, by: identity}',
  'evaluate.matching.when=always',
  'evaluate.matching.pairs=all',
];

/** Scored after each epoch, on the same pictures on both sides. */
const timed = ['data.split={train: 0.5, validation: 0.5, test: 0}', 'train.early_stopping.enabled=false'];

const replaced = join(experiments, 'facecom.yaml');
const best = join(experiments, 'best.yaml');
/** Its script draws each effect by itself. */
const replacedProgram = ['augment.policy=replaced-program', 'augment.max_effects=0'];
const arcface =
  'model.heads.identity={embedding: 512, loss: arcface, margin: 0.3, scale: 30, margin_warmup: 5}';
const softmaxAnd = (metric: string) =>
  `model.heads.identity={embedding: 0, hidden: 0, dropout: 0, loss: softmax, metric: [${metric}]}`;
/** Four images of an identity in a batch, the hardest of which are drawn together. */
const triplets = [
  softmaxAnd('{loss: triplet, weight: 0.5, margin: 0.3, mining: hard}'),
  'train.sampler={name: pk, identities: 4, images: 4}',
];

export const recipes = {
  replaced: { name: 'replaced', spec: replaced, set: [...same, ...replacedProgram, ...scored] },
  best: { name: 'best', spec: best, set: [...same, ...scored] },
  openSet: { name: 'open-set-triplets', spec: best, set: [...same, ...byIdentity, ...triplets] },
  openSetArcface: { name: 'open-set', spec: best, set: [...same, ...byIdentity, arcface] },
  openSetSoftmax: { name: 'open-set-softmax', spec: best, set: [...same, ...byIdentity, softmaxAnd('')] },
  joint: { name: 'joint', spec: best, set: [...same, ...scored, arcface] },
  genderAlone: {
    name: 'gender-alone',
    spec: best,
    set: [...same, ...scored, arcface, 'loss.alpha=1', 'loss.beta=0'],
  },
  identityAlone: {
    name: 'identity-alone',
    spec: best,
    set: [...same, ...scored, arcface, 'loss.alpha=0', 'loss.beta=1'],
  },
  replacedTimed: { name: 'replaced-timed', spec: replaced, set: [...same, ...replacedProgram, ...timed] },
  fastTimed: { name: 'fast-timed', spec: best, set: [...same, ...timed] },
} satisfies Record<string, Recipe>;
