import { FacecomError } from '../../../base/errors.ts';
import { formatDuration, plural } from '../../../base/format.ts';
import { parseWhen, whenForms } from '../../../base/when.ts';
import {
  endText,
  expandTrials,
  fitText,
  forecastSweep,
  launcherAsSet,
  type SearchOutlook,
  type SweepEdit,
  type SweepForecast,
  searchOutlook,
  sweepEdit,
} from '../../../operations/index.ts';
import { type Experiment, readExperiment } from '../../../spec/index.ts';
import type { Expansion, Trial } from '../../../sweep/index.ts';
import { axisCell } from '../../terminal/cell.ts';
import { describeEdit } from '../../terminal/edit-plan.ts';
import { wideTable } from '../../terminal/wide-table.ts';
import { axesAsSet } from './axis-option.ts';

export interface DryRunOptions {
  set?: readonly string[];
  axis?: readonly string[];
  launcher?: string;
  /** Folder of the run folders: what is finished there is not run again, and says how long trials take. */
  runs: string;
  json?: boolean;
  /** 0: as `resources.max_parallel` says. */
  maxParallel?: number;
  /** A moment: what is finished by then is said. */
  by?: string;
}

/**
 * Prints the trials that `facecom sweep` would run, and launches nothing. Returns the exit code. A data set that is not there is reported as
 * a warning: the trials are the same, their ids are not. Throws SpecError.
 */
export async function dryRunSweep(spec: string, options: DryRunOptions): Promise<number> {
  const by = options.by === undefined ? undefined : momentOf(options.by);
  const set = launcherAsSet(options.launcher, [...(options.set ?? []), ...axesAsSet(options.axis)]);
  const resolved = await readExperiment(spec, { set });
  const warnings: Expansion['warnings'] = [];
  const expanded = await expandTrials(resolved, {
    runs: options.runs,
    onUnreadable: ({ code, message, found }) => {
      warnings.push({
        code: 'dry-run-ids',
        message: `The data set cannot be read (${code}: ${message}${found === undefined ? '' : ` Found: ${found}`}): the ids are without its hash, and those of a sweep will be others.`,
      });
    },
  });
  if (!resolved.sweep)
    warnings.push({ code: 'dry-run-no-sweep', message: 'The spec has no sweep: it is one trial.' });
  const outlook = searchOutlook(resolved, expanded, options.runs);
  const expansion = outlook ? { ...expanded, ...shownOf(outlook, expanded) } : expanded;
  const edit = sweepEdit(resolved, expansion.trials, options.runs);
  const forecast = await forecastSweep(resolved, outlook?.likely ?? expansion.trials, options);
  const all = [...warnings, ...expansion.warnings];
  const jobs = outlook
    ? undefined
    : jobsOf(resolved.config, expansion.trials.length - forecast.finished.size);
  if (outlook) all.push({ code: 'dry-run-search', message: searchText(outlook) });
  if (options.json)
    printJson(resolved.config.name, {
      ...{ expansion, forecast, warnings: all, edit, by, planned: outlook?.planned, jobs },
    });
  else {
    for (const { code, message } of all) process.stderr.write(`warning[${code}]: ${message}\n`);
    process.stdout.write(
      `${describe({ expansion, forecast, by, jobs, stops: resolved.sweep?.stopping !== undefined })}\n`,
    );
    if (edit) process.stdout.write(`\n${describeEdit(edit)}\n`);
  }
  return 0;
}

function momentOf(text: string): Date {
  const found = parseWhen(text);
  if (found) return found;
  throw new FacecomError('option-value', '--by is no moment that is to come.', {
    found: text,
    expected: `local time, such as ${whenForms}`,
    exitCode: 2,
  });
}

/** The trials of a search that are known. */
function shownOf({ trials }: SearchOutlook, { repeats }: Expansion): Partial<Expansion> {
  return { trials, points: trials.length / repeats, duplicates: 0, branches: [] };
}

/** What can be said of a search: which of its points are shown, and how many there are to be. */
function searchText({ trials, proposed, ended, planned }: SearchOutlook): string {
  const all =
    planned === undefined ? 'until its budget is used up' : `up to ${plural(planned, 'point')} in all`;
  return proposed > 0
    ? `The search has proposed ${plural(proposed, 'point')}, ${ended} of which have ended; the others, ${all}, follow from results.`
    : `These are the first ${trials.length === 1 ? 'point' : 'points'} of the search; the others, ${all}, follow from results.`;
}

interface DryRun {
  expansion: Expansion;
  forecast: SweepForecast;
  warnings: Expansion['warnings'];
  edit: SweepEdit | undefined;
  by: Date | undefined;
  /** Points of a search in all. */
  planned: number | undefined;
  jobs: Jobs | undefined;
}

interface Jobs {
  launcher: string;
  count: number;
  trials_per_job: number;
}

/** The jobs of a cluster that so many trials become; undefined on this machine. */
function jobsOf({ resources: { launcher } }: Experiment, trials: number): Jobs | undefined {
  if (launcher.name === 'local') return undefined;
  const { name, trials_per_job } = launcher;
  return { launcher: name, count: Math.ceil(trials / trials_per_job), trials_per_job };
}

function printJson(name: string, { expansion, forecast, warnings, edit, by, planned, jobs }: DryRun): void {
  const { finished, estimate, end, slots } = forecast;
  const { trials, points, repeats, duplicates, branches } = expansion;
  const lines = trials.map(({ id, axes, seed }) => JSON.stringify({ trial: id, axes, seed }));
  const summary = {
    sweep: name,
    trials: trials.length,
    points,
    repeats,
    ...(planned === undefined ? {} : { planned }),
    duplicates,
    branches,
    finished: finished.size,
    ...(jobs ? { jobs } : {}),
    ...(edit ? { edit: { ...edit, running: edit.running?.pid } } : {}),
    ...(estimate ? { estimate } : {}),
    ...(end ? { slots, end: { seconds: end.seconds, device_seconds: end.device_seconds } } : {}),
    ...(end && by
      ? { by: { time: by.toISOString(), trials: end.endedAfter((by.getTime() - Date.now()) / 1000) } }
      : {}),
    warnings,
  };
  process.stdout.write(`${[...lines, JSON.stringify(summary)].join('\n')}\n`);
}

/** Rows of a table in a terminal; elsewhere, and with --json, every one is written. */
const SHOWN = 100;

interface Described extends Pick<DryRun, 'expansion' | 'forecast' | 'by' | 'jobs'> {
  /** Whether a rule stops trials early. */
  stops: boolean;
}

function describe({ expansion, forecast, by, jobs, stops }: Described): string {
  const { finished, estimate } = forecast;
  const { trials, points, repeats, duplicates, branches } = expansion;
  const shown = process.stdout.isTTY ? trials.slice(0, SHOWN) : trials;
  const lines = [trialTable(shown, repeats > 1)];
  if (shown.length < trials.length)
    lines.push(`… and ${trials.length - shown.length} more: --json, or a pipe, lists every one.`);
  lines.push('');
  lines.push(
    repeats > 1
      ? `${plural(trials.length, 'trial')}: ${plural(points, 'point')} × ${repeats} seeds.`
      : `${plural(trials.length, 'trial')}.`,
  );
  if (branches.length > 1)
    for (const { axes, trials: n } of branches)
      lines.push(`  ${plural(n, 'trial')} with ${axes.join(', ') || 'no axis'}`);
  if (duplicates > 0)
    lines.push(`${plural(duplicates, 'trial')} more would repeat these, and are not run twice.`);
  if (finished.size > 0)
    lines.push(
      `${finished.size} of them ${finished.size === 1 ? 'is' : 'are'} finished already: only --force runs ${finished.size === 1 ? 'it' : 'them'} again.`,
    );
  if (jobs && jobs.count > 0)
    lines.push(
      `They become ${plural(jobs.count, 'job')} of ${jobs.launcher}, ${jobs.trials_per_job === 1 ? 'one a trial' : `of up to ${jobs.trials_per_job} trials one after another`}.`,
    );
  if (estimate) {
    const rest = forecast.durations.length;
    const of = estimate.trials < rest ? `for ${estimate.trials} of the ${rest} that are left` : 'remaining';
    lines.push(
      `About ${formatDuration(estimate.seconds)} ${of}, one after another, by ${estimate.runs > 0 ? plural(estimate.runs, 'earlier run') : 'the preflight'}.`,
    );
  }
  if (by && !forecast.end)
    lines.push('Nothing tells yet how long all of them take: no run like them has finished.');
  for (const line of [endText(forecast), by && fitText(forecast, by)]) if (line) lines.push(line);
  if (stops && forecast.end) lines.push('That is at most: sweep.stopping ends some of them earlier.');
  return lines.join('\n');
}

/** Characters of an axis' value. */
const LONGEST = 48;

function trialTable(trials: readonly Trial[], seeds: boolean): string {
  const axes = [...new Set(trials.flatMap((trial) => Object.keys(trial.axes)))];
  const columns = ['trial', ...axes, ...(seeds ? ['seed'] : [])].map((title) => ({ title }));
  const rows = trials.map((trial) => [
    trial.id,
    ...axes.map((axis) => axisCell(trial.axes, axis, LONGEST)),
    ...(seeds ? [String(trial.seed)] : []),
  ]);
  return wideTable(columns, rows);
}
