import { findTarget, readManifest, runFoldersUnder } from '../record/index.ts';

export interface ReportOptions {
  /** The page; by default in the artifacts of the run, or in the sweep's folder. */
  out?: string;
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  note?: (line: string) => void;
}

export interface Report {
  /** The page that was written. */
  report: string;
  kind: 'run' | 'sweep';
  dir: string;
  charts: string[];
}

/** Writes the HTML page of a run or a sweep, and its charts. Throws `run-not-found`, `run-ambiguous` and `report-not-written`. */
export async function report(
  text: string,
  { out, runs = 'runs', note = () => {} }: ReportOptions = {},
): Promise<Report> {
  const { writeRunReport, writeSweepReport } = await import('../report/index.ts');
  const { kind, dir } = oneRunIsNoSweep(findTarget(runs, text));
  const write = kind === 'run' ? writeRunReport : writeSweepReport;
  const { report: page, charts } = await write(dir, { note, ...(out === undefined ? {} : { out }) });
  return { report: page, kind: kind === 'run' ? 'run' : 'sweep', dir, charts };
}

/** An experiment that was run once has a report of that run; a sweep's manifest makes it a sweep. */
function oneRunIsNoSweep(target: ReturnType<typeof findTarget>): ReturnType<typeof findTarget> {
  if (target.kind === 'run' || readManifest(target.dir)) return target;
  const runs = runFoldersUnder(target.dir);
  return runs.length === 1 ? { kind: 'run', dir: runs[0]! } : target;
}
