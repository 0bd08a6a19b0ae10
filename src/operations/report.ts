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

/** What a report is of. */
export interface ReportTarget {
  kind: 'run' | 'sweep';
  dir: string;
}

/** Writes the HTML page of a run or a sweep, and its charts. Throws `run-not-found`, `run-ambiguous` and `report-not-written`. */
export async function report(
  text: string,
  { out, runs = 'runs', note = () => {} }: ReportOptions = {},
): Promise<Report> {
  const { writeRunReport, writeSweepReport } = await import('../report/index.ts');
  const { kind, dir } = reportTarget(text, runs);
  const write = kind === 'run' ? writeRunReport : writeSweepReport;
  const { report: page, charts } = await write(dir, { note, ...(out === undefined ? {} : { out }) });
  return { report: page, kind, dir, charts };
}

/** An experiment that was run once has a report of that run; a sweep's manifest makes it a sweep. */
export function reportTarget(text: string, runs: string): ReportTarget {
  const { kind, dir } = findTarget(runs, text);
  if (kind === 'run') return { kind: 'run', dir };
  if (readManifest(dir)) return { kind: 'sweep', dir };
  const found = runFoldersUnder(dir);
  return found.length === 1 ? { kind: 'run', dir: found[0]! } : { kind: 'sweep', dir };
}
