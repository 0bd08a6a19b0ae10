import { printJson, printNote } from './print.ts';
import type { RunView, ViewOptions } from './run-view.ts';

/** Every event of the run as one document a line, with the run's name. */
export function jsonView({ run, quiet }: ViewOptions): RunView {
  return {
    event: (event) => {
      if (!quiet) printJson({ run, ...event });
    },
    retry: ({ class: name, message }, action, delay) =>
      printJson({ run, type: 'retry', time: Date.now(), class: name, message, action, delay }),
    note: (line) => {
      if (!quiet) printNote(line);
    },
    close: () => {},
  };
}
