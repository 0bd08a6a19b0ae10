import { plural } from '../../../base/format.ts';
import { onInterrupt } from '../../../base/interrupt.ts';
import { alignFolder } from '../../../data/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson, printNote, warningLine } from '../../terminal/print.ts';
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
  if (found.strange.length > 0)
    printNote(
      warningLine({
        code: 'data-landmarks',
        message: `${plural(found.strange.length, 'line')} of the landmarks ${found.strange.length === 1 ? 'is' : 'are'} of no image: ${found.strange.slice(0, 5).join(', ')}${found.strange.length > 5 ? ', …' : ''}.`,
      }),
    );
  if (options.json) printJson(found);
  else
    process.stdout.write(
      `${plural(found.pictures, 'face')} in ${found.folder}${found.without > 0 ? `; ${plural(found.without, 'image')} without landmarks left out` : ''}\n`,
    );
}
