import { report as writeReport } from '../../../operations/index.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import type { ReportOptions } from './command.ts';

/** Writes a report. Returns the exit code. */
export async function report(text: string, { json, ...options }: ReportOptions): Promise<number> {
  const notes: string[] = [];
  const note = (line: string) => {
    notes.push(line);
    printNote(`note: ${line}`);
  };
  const written = await writeReport(text, { ...options, note });
  if (json) printJson({ ...written, notes });
  else process.stdout.write(`${[written.report, ...written.charts].join('\n')}\n`);
  return 0;
}
