import { StringDecoder } from 'node:string_decoder';
import { FacecomError } from '../../../base/errors.ts';
import { readLog } from '../../../operations/index.ts';
import { toJson } from '../../terminal/print.ts';
import type { LogsOptions } from './command.ts';

/** Prints a run's log, to its end or until the run has ended. Returns the exit code. */
export async function logs(text: string, { tail, json = false, ...options }: LogsOptions): Promise<number> {
  const out = output(json);
  const read = await readLog(
    text,
    { ...options, ...(tail === undefined ? {} : { tail: wholeNumber(tail) }) },
    out.write,
  );
  out.end(read);
  return 0;
}

function output(json: boolean): { write: (chunk: Buffer) => Promise<void>; end: (summary: object) => void } {
  if (!json) return { write: toStdout, end: () => {} };
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const print = (line: string) => `${toJson({ line })}\n`;
  return {
    write: async (chunk) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) await toStdout(lines.map(print).join(''));
    },
    end: (summary) => {
      if (rest !== '') process.stdout.write(print(rest));
      process.stdout.write(`${toJson(summary)}\n`);
    },
  };
}

/** No faster than it is read: a log may be larger than the memory. */
function toStdout(chunk: Buffer | string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(chunk)) resolve();
    else process.stdout.once('drain', resolve);
  });
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new FacecomError('logs-tail', 'The number of lines is not a whole number.', {
    found: text,
    expected: 'such as --tail 20',
    remedy: 'Give how many lines from the end are to be shown.',
    exitCode: 2,
  });
}
