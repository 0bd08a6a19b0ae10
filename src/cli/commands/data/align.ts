import { onInterrupt } from '../../../base/interrupt.ts';
import { alignFolder } from '../../../data/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';

/** Writes the faces of a folder aligned, and prints how many. */
export async function align(
  folder: string,
  out: string,
  options: { landmarks: string; size: string; json?: boolean },
): Promise<void> {
  const found = await alignFolder(folder, out, {
    landmarks: options.landmarks,
    size: numberOption('size', options.size, { low: 16, high: 1024 }),
    signal: onInterrupt(),
    onProgress: progressLine('aligning'),
  });
  if (options.json) printJson(found);
  else
    process.stdout.write(
      `${found.pictures} faces in ${found.folder}${found.without > 0 ? `; ${found.without} images without landmarks left out` : ''}\n`,
    );
}
