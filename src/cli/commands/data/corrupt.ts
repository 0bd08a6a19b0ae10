import { onInterrupt } from '../../../base/interrupt.ts';
import { corruptFolder } from '../../../data/index.ts';
import { chooseConditions, type Severity } from '../../../pixels/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson } from '../../terminal/print.ts';
import { progressLine } from '../../terminal/progress-line.ts';

export interface CorruptOptions {
  condition: string;
  severity: string;
  size: string;
  seed: string;
  json?: boolean;
}

/** Copies a folder of images under bad conditions and prints what was written. */
export async function corrupt(path: string, out: string, options: CorruptOptions): Promise<void> {
  const severity = numberOption('severity', options.severity, { low: 1, high: 5 }) as Severity;
  const settings = {
    severity,
    size: numberOption('size', options.size, { low: 16, high: 4096 }),
    seed: numberOption('seed', options.seed, { low: 0, high: 4294967295 }),
    conditions: await chooseConditions(options.condition, 'every'),
  };
  const { folder, pictures } = await corruptFolder(path, out, settings, {
    signal: onInterrupt(),
    onProgress: progressLine('corrupting'),
  });
  const conditions = settings.conditions.map(({ name }) => name);
  if (options.json) printJson({ folder, pictures, conditions, severity });
  else
    process.stdout.write(
      `${pictures} images (${conditions.join(', ')} at severity ${severity}) in ${folder}\n`,
    );
}
