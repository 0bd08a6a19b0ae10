import { onInterrupt } from '../../../base/interrupt.ts';
import { synthesize } from '../../../data/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';

export interface SynthOptions {
  identities: string;
  images: string;
  size: string;
  conditions: string;
  seed: string;
  json?: boolean;
}

/** Writes a synthetic set and prints what it holds. */
export async function synth(path: string, options: SynthOptions): Promise<void> {
  const settings = {
    identities: numberOption('identities', options.identities, { low: 2, high: 2000 }),
    images_per_identity: numberOption('images', options.images, { low: 3, high: 1000 }),
    seed: numberOption('seed', options.seed, { low: 0, high: 4294967295 }),
    conditions: numberOption('conditions', options.conditions, { low: 0, high: 1, whole: false }),
    size: numberOption('size', options.size, { low: 16, high: 1024 }),
  };
  const { folder, pictures } = await synthesize(path, settings, {
    signal: onInterrupt(),
    onProgress: progressLine('drawing'),
  });
  const { identities, size } = settings;
  if (options.json) printJson({ folder, pictures, identities, size });
  else
    process.stdout.write(
      `${pictures} images of ${identities} identities, ${size} × ${size} pixels, in ${folder}\n`,
    );
}
