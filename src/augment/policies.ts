/** An effect in a policy: its name, its probability and its parameters; what is left out has its default. */
export interface PolicyEntry {
  effect: string;
  p?: number;
  [parameter: string]: unknown;
}

const replacedProgram: PolicyEntry[] = [
  { effect: 'brightness_contrast', p: 0.5 },
  { effect: 'gaussian_blur', p: 0.3, kernel: [3, 7] },
  { effect: 'horizontal_flip', p: 0.5 },
  { effect: 'rain', p: 0.2 },
  { effect: 'fog', p: 0.2 },
];

/** The named policies of `augment.policy`: one line each. */
export const policies: Record<string, PolicyEntry[]> = {
  none: [],
  'replaced-program': replacedProgram,
  'facecom-weather': [
    ...replacedProgram,
    { effect: 'motion_blur', p: 0.15 },
    { effect: 'low_light', p: 0.15 },
    { effect: 'overexposure', p: 0.15 },
    { effect: 'noise', p: 0.2 },
  ],
};
