import { FacecomError } from './errors.ts';

/** What asks a process to end: Ctrl-C, kill, a terminal that is closed. */
export const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `handler` for each of the signals, in place of their ending the process, until it is released. */
export function onSignals(
  handler: (name: NodeJS.Signals) => void,
  names: readonly NodeJS.Signals[] = endSignals,
): { release: () => void } {
  for (const name of names) process.on(name, handler);
  return {
    release: () => {
      for (const name of names) process.off(name, handler);
    },
  };
}

/** The error of work that the user has interrupted. */
export const interrupted = (message = 'Interrupted.'): FacecomError =>
  new FacecomError('interrupted', message, { exitCode: 130 });

/** A signal that is aborted with `interrupted` when the process is asked to end, however often, until it is released. */
export function stopOnSignals(names: readonly NodeJS.Signals[] = endSignals): {
  signal: AbortSignal;
  release: () => void;
} {
  const controller = new AbortController();
  return { signal: controller.signal, ...onSignals(() => controller.abort(interrupted()), names) };
}

/** Aborts with `interrupted` on the first Ctrl-C; a second one ends the process at once. */
export function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(interrupted('Stopped.')));
  return controller.signal;
}
