/** An effect in a policy: its name, its probability and its parameters; what is left out has its default. */
export interface PolicyEntry {
  effect: string;
  p?: number;
  [parameter: string]: unknown;
}

export interface Policy {
  /** What it is for, a sentence. */
  description: string;
  effects: readonly PolicyEntry[];
}

const rainAndBlur: readonly PolicyEntry[] = [
  { effect: 'brightness_contrast', p: 0.5 },
  { effect: 'gaussian_blur', p: 0.3, kernel: [3, 7] },
  { effect: 'horizontal_flip', p: 0.5 },
  { effect: 'rain', p: 0.2 },
];

/** The named policies of `augment.policy`: one entry each. */
export const policies: Record<string, Policy> = {
  none: { description: 'Images as they are.', effects: [] },
  light: {
    description: 'Little changes that any face image stands: for clean images, fine-tuning and last epochs.',
    effects: [
      { effect: 'horizontal_flip', p: 0.5 },
      { effect: 'affine', p: 0.3, scale: [0.95, 1.05], translate_percent: [-0.03, 0.03], rotate: [-5, 5] },
      { effect: 'brightness_contrast', p: 0.3, brightness_limit: [-0.1, 0.1], contrast_limit: [-0.1, 0.1] },
    ],
  },
  'replaced-program': {
    description:
      'The recipe of the PyTorch script that facecom replaces, for comparisons with it: brightness, blur, flip, rain and fog.',
    effects: [...rainAndBlur, { effect: 'fog_patches', p: 0.2 }],
  },
  'facecom-weather': {
    description:
      'The default: the recipe of `replaced-program` with fog over the whole image, and the other conditions that FaceCom tests, each now and then: motion blur, low light, overexposure, noise.',
    effects: [
      ...rainAndBlur,
      { effect: 'fog', p: 0.2 },
      { effect: 'motion_blur', p: 0.15 },
      { effect: 'low_light', p: 0.15 },
      { effect: 'overexposure', p: 0.15 },
      { effect: 'noise', p: 0.2 },
    ],
  },
  'facecom-strong': {
    description:
      'All of FaceCom’s conditions, one kind of each at a time, with the crops and low resolutions that help recognition: for long training and many images of an identity.',
    effects: [
      { effect: 'horizontal_flip', p: 0.5 },
      {
        effect: 'one_of',
        p: 0.5,
        effects: [
          { effect: 'affine', p: 0.6, rotate: [-15, 15] },
          { effect: 'random_crop', p: 0.4, scale: [0.6, 1] },
        ],
      },
      {
        effect: 'one_of',
        p: 0.6,
        effects: [
          {
            effect: 'brightness_contrast',
            p: 0.25,
            brightness_limit: [-0.3, 0.3],
            contrast_limit: [-0.3, 0.3],
          },
          { effect: 'gamma', p: 0.1, gamma_limit: [60, 160] },
          { effect: 'fog', p: 0.15 },
          { effect: 'rain', p: 0.15 },
          { effect: 'low_light', p: 0.15 },
          { effect: 'overexposure', p: 0.15, gain_range: [1.2, 1.9] },
          { effect: 'glare', p: 0.05 },
          { effect: 'sun_flare', p: 0.05 },
        ],
      },
      {
        effect: 'one_of',
        p: 0.4,
        effects: [
          { effect: 'motion_blur', p: 0.4, kernel: [3, 11] },
          { effect: 'gaussian_blur', p: 0.15 },
          { effect: 'defocus', p: 0.15 },
          { effect: 'downscale', p: 0.3 },
        ],
      },
      {
        effect: 'one_of',
        p: 0.35,
        effects: [
          { effect: 'noise', p: 0.4, std_range: [0.04, 0.25] },
          { effect: 'iso_noise', p: 0.2 },
          { effect: 'shot_noise', p: 0.2 },
          { effect: 'jpeg', p: 0.2 },
        ],
      },
      { effect: 'hue_saturation', p: 0.15 },
      {
        effect: 'one_of',
        p: 0.2,
        effects: [
          { effect: 'shadow', p: 0.5 },
          { effect: 'coarse_dropout', p: 0.5 },
        ],
      },
    ],
  },
};
