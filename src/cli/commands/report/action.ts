import { findTarget, readManifest, runFoldersUnder } from '../../../record/index.ts';
import { writeRunReport, writeSweepReport } from '../../../report/index.ts';
import type { ReportOptions } from './command.ts';

/** Writes a report. Gives the exit code. Throws FacecomError `run-not-found`, `run-ambiguous` and `report-not-written`. */
export async function report(text: string, options: ReportOptions): Promise<number> {
  const target = oneRunIsNoSweep(findTarget(options.runs, text));
  const notes: string[] = [];
  const asked = {
    note: (line: string) => {
      notes.push(line);
      process.stderr.write(`note: ${line}\n`);
    },
    ...(options.out === undefined ? {} : { out: options.out }),
  };
  const write = target.kind === 'run' ? writeRunReport : writeSweepReport;
  const { report: page, charts } = await write(target.dir, asked);
  const kind = target.kind === 'run' ? 'run' : 'sweep';
  if (options.json)
    process.stdout.write(`${JSON.stringify({ report: page, kind, dir: target.dir, charts, notes })}\n`);
  else process.stdout.write(`${[page, ...charts].join('\n')}\n`);
  return 0;
}

/** An experiment that was run once has a report of that run; a sweep's manifest makes it a sweep. */
function oneRunIsNoSweep(target: ReturnType<typeof findTarget>): ReturnType<typeof findTarget> {
  if (target.kind === 'run' || readManifest(target.dir)) return target;
  const runs = runFoldersUnder(target.dir);
  return runs.length === 1 ? { kind: 'run', dir: runs[0]! } : target;
}
