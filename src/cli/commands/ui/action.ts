import { onInterrupt } from '../../../base/interrupt.ts';
import { openUi, stopUi, type Ui } from '../../../operations/index.ts';
import { phaseNote } from '../../terminal/mlflow-phase.ts';
import { printJson, printNote } from '../../terminal/print.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { describeRows, summarise } from '../sync/rows.ts';
import type { UiOptions } from './command.ts';

/** Starts or finds MLflow, sends what it lacks and prints its address; or stops it. Returns the exit code. */
export async function ui(options: UiOptions): Promise<number> {
  if (options.stop) return stop(options);
  const { runs, port, sync } = options;
  const report = terminalReporter(options);
  const opened = await openUi({
    ...{ runs, port, sync, report },
    signal: onInterrupt(),
    onPhase: phaseNote(report.note),
  });
  if (options.json) printDocuments(opened);
  else printText(opened, options);
  return opened.rows.some(({ status }) => status === 'failed') ? 1 : 0;
}

function printDocuments({ base, url, pid, rows }: Ui): void {
  printJson(...rows.filter(({ status }) => status === 'sent' || status === 'failed'));
  printJson({ mlflow: base, url, ...(pid === undefined ? {} : { pid }), sync: summarise(rows) });
}

function printText({ url, own, rows }: Ui, options: UiOptions): void {
  const stopping = `facecom ui --stop${options.runs === 'runs' ? '' : ` --runs ${options.runs}`}`;
  const about = own
    ? 'as MLFLOW_TRACKING_URI says.'
    : `in the background until half an hour after its last use; stop it with: ${stopping}`;
  if (!options.quiet && rows.length > 0) printNote(describeRows(rows, options));
  process.stdout.write(`${options.quiet ? url : `MLflow: ${url}\nIt runs ${about}`}\n`);
}

async function stop({ runs, json, quiet }: UiOptions): Promise<number> {
  const stopped = await stopUi(runs);
  if (json) printJson({ stopped });
  else if (!quiet)
    process.stdout.write(stopped ? 'MLflow was stopped.\n' : `No MLflow server of ${runs} runs.\n`);
  return 0;
}
