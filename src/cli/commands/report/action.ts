import { FacecomError } from '../../../base/errors.ts';
import { stopOnSignals } from '../../../base/interrupt.ts';
import { watchReport, report as writeReport } from '../../../operations/index.ts';
import { numberOption } from '../../terminal/number-option.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import type { ReportOptions } from './command.ts';

/** Writes a report, or serves it until it is interrupted. Returns the exit code. */
export async function report(text: string, options: ReportOptions): Promise<number> {
  const { json, out, runs, watch: live, port } = options;
  if (live) return watch(text, options);
  if (port !== undefined) throw portAlone(port);
  const notes: string[] = [];
  const note = (line: string) => {
    notes.push(line);
    printNote(`note: ${line}`);
  };
  const written = await writeReport(text, { runs, note, ...(out === undefined ? {} : { out }) });
  if (json) printJson({ ...written, notes });
  else process.stdout.write(`${[written.report, ...written.charts].join('\n')}\n`);
  return 0;
}

async function watch(text: string, { json, runs, port }: ReportOptions): Promise<number> {
  const stop = stopOnSignals();
  const served = await watchReport(text, {
    runs,
    ...(port === undefined ? {} : { port: numberOption('port', port, { low: 1, high: 65535 }) }),
  });
  const { url, kind, dir } = served;
  if (json) printJson({ url, kind, dir });
  else process.stdout.write(`${url}\n`);
  if (!json) printNote('It follows the record until Ctrl-C.');
  await new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  stop.release();
  await served.close();
  return 0;
}

const portAlone = (port: string): FacecomError =>
  new FacecomError('option-value', '--port is for --watch.', {
    found: port,
    expected: '--watch beside it',
    exitCode: 2,
  });
