import { compositions } from '../src/augment/compositions/index.ts';
import { effects } from '../src/augment/effects/index.ts';
import { type PolicyEntry, policies } from '../src/augment/policies.ts';

/** docs/augmentation.md: the policies and effects from their definitions, and what surrounds them. */
export function augmentationReference(): string {
  return `${[
    '<!-- Generated from src/augment by `npm run generate`; edit scripts/augmentation-reference.ts. -->',
    '# Augmentation',
    '',
    'Training images are changed anew in every epoch, so that the network learns the face and not the photograph. `augment` of a spec',
    'says how:',
    '',
    '```yaml',
    'augment:',
    '  policy: facecom-weather # a name, or a list of effects as below',
    '  strength: 0.8 # everything a little milder',
    '  schedule: [{ epoch: 1, strength: 0.2 }, { epoch: 10, strength: 1 }] # growing over ten epochs',
    '  max_effects: 3 # at most three of them in one image',
    '  mixup: { p: 0.3, alpha: 0.2 }',
    '  cutmix: { p: 0.3 }',
    '```',
    '',
    '`facecom data preview --policy NAME` shows a policy on images (synthetic faces, or those of a folder or spec), `--augment` that of a spec,',
    'epoch by epoch as training sees them; `--effects` every effect from its mildest to its strongest. The images on this page were',
    'made so. All keys with their bounds and defaults: [spec.md](spec.md#augment).',
    '',
    '## Policies',
    '',
    ...Object.entries(policies).flatMap(([name, policy]) => [
      `### \`${name}\``,
      '',
      policy.description,
      '',
      ...(policy.effects.length === 0
        ? []
        : [
            `![${name} on three synthetic faces](images/policy-${name}.webp)`,
            '',
            '| effect | p | parameters |',
            '|---|---|---|',
            ...policy.effects.flatMap((entry) => rowsOf(entry, '')),
            '',
          ]),
    ]),
    'Parameters that a policy leaves out have their defaults; they are listed too. Within `one_of`, p is a weight.',
    '',
    '## A policy of your own',
    '',
    'A list of effects, applied in order, each with its probability `p` and its parameters. Names and parameters are those of albumentations if the effect',
    'is the same:',
    '',
    '```yaml',
    'augment:',
    '  policy:',
    '    - { effect: horizontal_flip, p: 0.5 }',
    '    - effect: one_of',
    '      p: 0.5',
    '      effects:',
    '        - { effect: motion_blur, p: 0.6, kernel: [3, 9] }',
    '        - { effect: sequence, p: 0.4, effects: [{ effect: downscale, p: 1 }, { effect: jpeg, p: 0.5 }] }',
    '```',
    '',
    '| composition | what it does | p |',
    '|---|---|---|',
    ...compositions.map(({ name, description, p }) => `| \`${name}\` | ${description} | ${p} |`),
    '',
    '## Effects',
    '',
    '![Every effect from end to end of its default ranges](images/effects.webp)',
    '',
    '| effect | what it does | p | parameters | of the light |',
    '|---|---|---|---|---|',
    ...effects.map(
      ({ name, description, p, parameters, kind }) =>
        `| \`${name}\` | ${description} | ${p} | ${valuesOf(defaultsOf(parameters))} | ${kind === 'light' ? 'yes' : ''} |`,
    ),
    '',
    '## Strength and its schedule',
    '',
    '`strength` moves every parameter that has a value at which the effect does nothing: at 0.5 it is half as far from there, at 2 twice, within the bounds',
    'of the schema. Probabilities stay. `schedule` gives factors of it by epoch, linear between the points. The strength of an epoch depends on',
    'nothing but the epoch, and what is drawn for an image on the seed, the epoch and the image: a run that was stopped and resumed sees the same images',
    'as one that was not.',
    '',
    '## The limit',
    '',
    'Effects that are harmless alone are not so together: fog over overexposure is white, low light over rain is black. Of what a policy gives for an image,',
    '`max_effects` (3) effects at most are applied, and at most one of those that change the light of the whole image (marked above). Which ones',
    'is drawn alike among them. Geometry (flip, affine, crop) is not counted. 0 is no limit.',
    '',
    '## Mixup and CutMix',
    '',
    '`mixup` blends the images of a batch in pairs, `cutmix` takes a rectangle from the other image. Both labels, gender and identity, stay pairs with',
    'their share: the loss is `share × loss of the own label + (1 − share) × loss of the other`. A label that one of the two lacks counts',
    'for nothing. A batch is mixed in one way at most: with probability `mixup.p`, else `cutmix.p`. One share is drawn a batch from the beta distribution',
    'with both parameters `alpha`, as torchvision does. Training losses of mixed batches are higher than those of clean ones; validation is not mixed.',
    '',
    '## Conditions are not effects',
    '',
    'Robustness is tested under *conditions* of fixed severity (`evaluate.conditions`, `facecom data corrupt`), which no policy uses:',
    '',
    '![Every condition at its severities](images/conditions.webp)',
    '',
    'Fog has ImageNet-C’s amounts and plasma, but brightens every image, as fog by day does; ImageNet-C’s own formula darkens bright photographs.',
  ].join('\n')}\n`;
}

function rowsOf(entry: PolicyEntry, indent: string): string[] {
  const effect = effects.find(({ name }) => name === entry.effect);
  const p = entry.p ?? effect?.p ?? compositions.find(({ name }) => name === entry.effect)!.p;
  const values = effect ? { ...defaultsOf(effect.parameters), ...ownOf(entry) } : ownOf(entry);
  const inner = (entry.effects ?? []) as PolicyEntry[];
  return [
    `| ${indent}\`${entry.effect}\` | ${p} | ${valuesOf(values)} |`,
    ...inner.flatMap((child) => rowsOf(child, `${indent}– `)),
  ];
}

const ownOf = ({ effect: _, p: __, effects: ___, ...rest }: PolicyEntry): Record<string, unknown> => rest;

const defaultsOf = (parameters: Record<string, { default: unknown }>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parameters).map(([name, schema]) => [name, schema.default]));

const valuesOf = (values: Record<string, unknown>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`)
    .join('; ');
