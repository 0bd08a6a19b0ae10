import type { Reporter } from '../../operations/index.ts';
import { openInstallView } from './install-view.ts';
import { printNote, warningLine } from './print.ts';

/** Something that redraws itself: what is printed beside it leaves remains of it. */
interface View {
  note(line: string): void;
  close(): void;
}

export interface TerminalReporter extends Reporter {
  /** From now on, until the view is closed, lines are written through it. Returns the view. */
  through<V extends View>(view: V): V;
}

/** Prints what an operation reports on stderr, or nothing; installs show their progress. */
export function terminalReporter({ quiet = false }: { quiet?: boolean } = {}): TerminalReporter {
  if (quiet) return { note: () => {}, warning: () => {}, progress: () => {}, through: (view) => view };
  let shown: View | undefined;
  let view: ReturnType<typeof openInstallView> | undefined;
  return {
    note: (line) => {
      if (shown) shown.note(line);
      else if (view) view.note(line);
      else printNote(line);
    },
    warning: (warning) => {
      if (shown) shown.note(warningLine(warning));
      else printNote(warningLine(warning));
    },
    progress: (progress) => {
      if (progress === undefined) {
        view?.close();
        view = undefined;
        return;
      }
      view ??= openInstallView();
      view.progress(progress);
    },
    through: (opened) => {
      shown = opened;
      const close = opened.close.bind(opened);
      opened.close = () => {
        shown = undefined;
        close();
      };
      return opened;
    },
  };
}
