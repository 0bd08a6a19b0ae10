import { FacecomError } from '../../../base/errors.ts';
import { formatBytes, formatNumber, shownPath } from '../../../base/format.ts';
import { onInterrupt } from '../../../base/interrupt.ts';
import { type TunedBatch, tuneBatch } from '../../../operations/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson } from '../../terminal/print.ts';
import { progressByStage } from '../../terminal/progress-line.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { table } from '../../terminal/table.ts';
import { thenExit } from '../../terminal/then-exit.ts';
import { outputWidth } from '../../terminal/wide-table.ts';

interface BatchFlags {
  sizes?: string;
  steps: string;
  out: string;
  set?: string[];
  json?: boolean;
}

/** Measures one batch size after another and prints the line of YAML. Ends the process. */
export function tuneBatchSize(spec: string, { json = false, ...flags }: BatchFlags): Promise<never> {
  return thenExit(json, async () => {
    const tuned = await tuneBatch(spec, {
      ...{ set: flags.set, out: flags.out },
      ...(flags.sizes === undefined ? {} : { sizes: sizesOf(flags.sizes) }),
      steps: numberOption('steps', flags.steps, { low: 1, high: 10_000 }),
      signal: onInterrupt(),
      report: terminalReporter(),
      onProgress: progressByStage(),
    });
    if (json) printJson(tuned);
    else process.stdout.write(text(tuned));
    return 0;
  });
}

function sizesOf(list: string): number[] {
  const sizes = list.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
  throw new FacecomError('option-value', '--sizes holds no sizes of batches.', {
    found: list,
    expected: 'whole numbers above 0, separated by commas',
    exitCode: 2,
  });
}

function text({ measured, suggestion, ended, device, backend, yaml, chart }: TunedBatch): string {
  const rows = measured.map(({ size, imagesPerSecond, memory }) => [
    String(size),
    formatNumber(imagesPerSecond),
    formatBytes(memory),
    size === suggestion.size ? 'suggested' : '',
  ]);
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'images', ...right },
    { title: 'images/s', ...right },
    { title: 'memory', ...right },
    { title: '' },
  ];
  return `${table(columns, rows, outputWidth())}\n${device} (${backend}); no larger size: ${ended}.\n\n${yaml}\n\nchart: ${shownPath(chart)}\n`;
}
