import { FacecomError } from '../../../base/errors.ts';
import { formatDuration, plural } from '../../../base/format.ts';
import { parseWhen, whenForms } from '../../../base/when.ts';
import {
  endText,
  expandTrials,
  fitText,
  forecastSweep,
  type SweepEdit,
  type SweepForecast,
  sweepEdit,
} from '../../../operations/index.ts';
import { readExperiment } from '../../../spec/index.ts';
import { type Expansion, Search, type Trial } from '../../../sweep/index.ts';
import { axisCell } from '../../terminal/cell.ts';
import { describeEdit } from '../../terminal/edit-plan.ts';
import { wideTable } from '../../terminal/wide-table.ts';
import { axesAsSet } from './axis-option.ts';

export interface DryRunOptions {
  set?: readonly string[];
  axis?: readonly string[];
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
  const set = [...(options.set ?? []), ...axesAsSet(options.axis)];
  const resolved = await readExperiment(spec, { set });
  const warnings: Expansion['warnings'] = [];
  const expansion = await expandTrials(resolved, {
    onUnreadable: ({ code, message, found }) => {
      warnings.push({
        code: 'dry-run-ids',
        message: `The data set cannot be read (${code}: ${message}${found === undefined ? '' : ` Found: ${found}`}): the ids are without its hash, and those of a sweep will be others.`,
      });
    },
  });
  if (!resolved.sweep)
    warnings.push({ code: 'dry-run-no-sweep', message: 'The spec has no sweep: it is one trial.' });
  const search = resolved.sweep && Search.of(resolved, { dataHash: expansion.hashOf });
  // What a search proposes follows from results; its first points do not.
  if (search) Object.assign(expansion, firstOf(search, expansion));
  const edit = sweepEdit(resolved, expansion.trials, options.runs);
  const forecast = await forecastSweep(resolved, expansion.trials, options);
  const all = [...warnings, ...expansion.warnings];
  if (search)
    all.push({
      code: 'dry-run-search',
      message: `These are the first ${expansion.points} points of the search; the others follow from results.`,
    });
  if (options.json) printJson(resolved.config.name, { expansion, forecast, warnings: all, edit, by });
  else {
    for (const { code, message } of all) process.stderr.write(`warning[${code}]: ${message}\n`);
    process.stdout.write(`${describe(expansion, forecast, by)}\n`);
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

const FIRST = 10;

/** The points that a search draws before it learns. */
function firstOf(search: Search, { points, repeats }: Expansion): Partial<Expansion> {
  const trials = Array.from(
    { length: Math.min(FIRST, points) },
    (_, number) => search.propose(number) ?? [],
  ).flat();
  return { trials, points: trials.length / repeats, duplicates: 0, branches: [] };
}

interface DryRun {
  expansion: Expansion;
  forecast: SweepForecast;
  warnings: Expansion['warnings'];
  edit: SweepEdit | undefined;
  by: Date | undefined;
}

function printJson(name: string, { expansion, forecast, warnings, edit, by }: DryRun): void {
  const { finished, estimate, end, slots } = forecast;
  const { trials, points, repeats, duplicates, branches } = expansion;
  const lines = trials.map(({ id, axes, seed }) => JSON.stringify({ trial: id, axes, seed }));
  const summary = {
    sweep: name,
    trials: trials.length,
    points,
    repeats,
    duplicates,
    branches,
    finished: finished.size,
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

function describe(expansion: Expansion, forecast: SweepForecast, by: Date | undefined): string {
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
  if (estimate) {
    const rest = trials.length - finished.size;
    const of = estimate.trials < rest ? `for ${estimate.trials} of the ${rest} that are left` : 'remaining';
    lines.push(
      `About ${formatDuration(estimate.seconds)} ${of}, one after another, by ${estimate.runs > 0 ? plural(estimate.runs, 'earlier run') : 'the preflight'}.`,
    );
  }
  if (by && !forecast.end)
    lines.push('Nothing tells yet how long all of them take: no run like them has finished.');
  for (const line of [endText(forecast), by && fitText(forecast, by)]) if (line) lines.push(line);
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
