import type { Options } from 'ajv';

export const ajvOptions: Options = {
  allErrors: true,
  discriminator: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allowUnionTypes: true,
  verbose: false,
  keywords: ['unit', 'environment', 'x-decides', 'x-evaluation', 'x-form'],
};
