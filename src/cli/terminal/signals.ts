import { onSignals } from '../../base/interrupt.ts';
import { ignoresHangup } from './first-signals.ts';

/** Signals for a command that runs trainers: the first one stops, the second kills. However `work` ends, the handlers are removed. */
export async function withSignals<T>(
  say: (line: string) => void,
  work: (signals: { stop: AbortSignal; kill: AbortSignal }) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) {
      kill.abort();
      return;
    }
    say(
      `${name === 'SIGINT' ? 'Interrupted' : `Got ${name}`}: trainers save and end; once more ends at once.`,
    );
    stop.abort();
  };
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', ...(ignoresHangup() ? [] : ['SIGHUP' as const])];
  const { release } = onSignals(onSignal, names);
  try {
    return await work({ stop: stop.signal, kill: kill.signal });
  } finally {
    release();
  }
}
