import type { SessionOptions } from '../../tracking/index.ts';

/** Says what is waited for until the local server answers. */
export function phaseNote(say: (line: string) => void): NonNullable<SessionOptions['onPhase']> {
  return (phase) => {
    if (phase === 'installing') say('Installing MLflow (once, about 600 MB) …');
    if (phase === 'none') say('Starting MLflow’s local server (about 10 seconds) …');
    if (phase === 'starting') say('Waiting for MLflow’s local server …');
  };
}
