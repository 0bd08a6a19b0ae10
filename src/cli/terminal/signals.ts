/** Signals for a command that runs trainers: the first Ctrl-C stops, the second kills. */
export function watchSignals(say: (line: string) => void): {
  stop: AbortSignal;
  kill: AbortSignal;
  release: () => void;
} {
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
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
