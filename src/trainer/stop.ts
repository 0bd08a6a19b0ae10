import { onSignals } from '../base/interrupt.ts';

/** Why a trainer is asked to stop before its end; it saves a checkpoint then and exits 0 without `finished`. */
export class StopRequested extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'StopRequested';
  }
}

/**
 * A signal that is aborted with a StopRequested when the process is told to stop, or when its parent has died and nobody
 * would read what it does. `release` takes the handlers away again.
 */
export function watchForStop({ parentInterval = 1000 /* ms */ } = {}): {
  signal: AbortSignal;
  release: () => void;
} {
  const controller = new AbortController();
  // A second signal is the same request: a terminal's Ctrl-C and the orchestrator's SIGTERM arrive together.
  const signals = onSignals((name) => controller.abort(new StopRequested(name)));
  const orphaned = () => controller.abort(new StopRequested('the parent process has ended'));
  // One that was handed its run over a channel learns it at once.
  process.on('disconnect', orphaned);
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) orphaned();
  }, parentInterval);
  timer.unref();
  return {
    signal: controller.signal,
    release: () => {
      clearInterval(timer);
      process.off('disconnect', orphaned);
      signals.release();
    },
  };
}
