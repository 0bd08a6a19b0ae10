import { createLogUpdate } from 'log-update';
import { formatDuration } from '../../base/format.ts';
import type { Progress } from '../../python/index.ts';
import { canRedraw } from './terminal-size.ts';

export interface InstallView {
  note: (line: string) => void;
  progress: (progress: Progress) => void;
  close: () => void;
}

const LINES_EVERY = 10_000; // ms between two lines where nobody watches

/** How an install is shown on stderr: one line that is redrawn in a terminal, a line now and then if it is piped. */
export function openInstallView(options: { quiet?: boolean } = {}): InstallView {
  if (options.quiet) return { note: () => {}, progress: () => {}, close: () => {} };
  return canRedraw(process.stderr) ? terminalView() : lineView();
}

function terminalView(): InstallView {
  const draw = createLogUpdate(process.stderr, { showCursor: true });
  return {
    note: (line) => {
      draw.clear();
      process.stderr.write(`${line}\n`);
    },
    progress: (progress) => draw(`  ${describeProgress(progress)}`),
    close: () => {
      draw.clear();
      draw.done();
    },
  };
}

function lineView(): InstallView {
  let said = { what: '', time: 0 };
  return {
    note: (line) => void process.stderr.write(`${line}\n`),
    progress: (progress) => {
      const time = performance.now();
      const isNew = progress.done === undefined ? false : progress.what !== said.what;
      if (!isNew && time - said.time < LINES_EVERY) return;
      said = { what: progress.what, time };
      process.stderr.write(`  ${describeProgress(progress)}\n`);
    },
    close: () => {},
  };
}

/** `fetching tensorflow-cpu: 120 of 274 MB, 21.3 MB/s, 7 s to go` */
export function describeProgress({ what, done, total, rate }: Progress): string {
  if (done === undefined) return what;
  const size = total ? `${megabytes(done)} of ${megabytes(total)} MB` : `${megabytes(done)} MB`;
  if (!rate) return `${what}: ${size}`;
  const left = total ? `, ${formatDuration((total - done) / rate)} to go` : '';
  return `${what}: ${size}, ${(rate / 1e6).toFixed(1)} MB/s${left}`;
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
