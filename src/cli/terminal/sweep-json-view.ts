import type { TrialRow } from '../../orchestrator/index.ts';
import { runLabel } from '../../orchestrator/index.ts';
import { printJson, printNote } from './print.ts';
import type { SweepView, SweepViewOptions } from './sweep-view.ts';

/** Every change of a trial's state as one document a line. */
export function sweepJsonView({ sweep, quiet }: SweepViewOptions): SweepView {
  const write = (value: object) => {
    if (!quiet) printJson({ sweep, time: Date.now(), ...value });
  };
  const named = ({ trial, runDir }: TrialRow) => ({
    trial: trial.id,
    ...(runDir === undefined ? {} : { run: runLabel(sweep, runDir) }),
  });
  return {
    started: (row, { attempt }) =>
      write({ type: 'started', ...named(row), axes: row.trial.axes, devices: row.devices, attempt }),
    event: (row, event) => {
      if (event.type === 'metric') write({ ...event, ...named(row) });
    },
    retry: (row, { class: name, message }, { action, delay }) =>
      write({ type: 'retry', ...named(row), class: name, message, action, delay }),
    ended: (row) =>
      write({
        type: row.status,
        ...named(row),
        ...(row.status === 'finished' ? { value: row.value, seconds: row.seconds } : {}),
        ...(row.status === 'failed' ? { error: row.failure } : {}),
      }),
    paused: (reason) => write(reason === undefined ? { type: 'unpaused' } : { type: 'paused', reason }),
    note: (line) => {
      if (!quiet) printNote(line);
    },
    close: () => {},
  };
}
