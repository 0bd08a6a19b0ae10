import { formatBytes, plural } from '../../../base/format.ts';
import { onInterrupt } from '../../../base/interrupt.ts';
import { cacheData } from '../../../operations/index.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';

/** Decodes a data set into the cache and prints what is there. */
export async function cache(
  target: string | undefined,
  { set = [], json = false }: { set?: string[]; json?: boolean },
): Promise<void> {
  const found = await cacheData(target, {
    set,
    signal: onInterrupt(),
    onProgress: progressLine('decoding'),
  });
  if (json) return printJson({ ...found, seconds: Math.round(found.seconds * 10) / 10 });
  for (const { code, message } of found.warnings) printNote(`warning[${code}]: ${message}`);
  const { pictures, image_size: side, bytes, seconds } = found;
  process.stdout.write(
    `${plural(pictures, 'image')} of ${side} × ${side} pixels in the cache, ${formatBytes(bytes)}; ${seconds.toFixed(1)} s\n`,
  );
}
