import type { Reporter } from '../../operations/index.ts';
import { openInstallView } from './install-view.ts';
import { printNote, printWarning } from './print.ts';

/** Prints what an operation reports on stderr, or nothing; installs show their progress. */
export function terminalReporter({ quiet = false }: { quiet?: boolean } = {}): Reporter {
  if (quiet) return { note: () => {}, warning: () => {}, progress: () => {} };
  let view: ReturnType<typeof openInstallView> | undefined;
  return {
    note: (line) => {
      if (view) view.note(line);
      else printNote(line);
    },
    warning: printWarning,
    progress: (progress) => {
      if (progress === undefined) {
        view?.close();
        view = undefined;
        return;
      }
      view ??= openInstallView();
      view.progress(progress);
    },
  };
}
