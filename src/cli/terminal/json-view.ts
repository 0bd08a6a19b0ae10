import type { RunView, ViewOptions } from './run-view.ts';

/** Every event of the run as one document a line, with the run's name. */
export function jsonView({ run, quiet }: ViewOptions): RunView {
  const write = (value: object) => process.stdout.write(`${JSON.stringify(value, encode)}\n`);
  return {
    event: (event) => {
      if (!quiet) write({ run, ...event });
    },
    retry: ({ class: name, message }, action, delay) =>
      write({ run, type: 'retry', time: Date.now(), class: name, message, action, delay }),
    note: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    close: () => {},
  };
}

/** As in the record: JSON has neither NaN nor infinities. */
function encode(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
