import { takeStopRequest } from '../record/index.ts';

const INTERVAL = 250; // ms

/**
 * Signals for one run: those of its orchestrator, and those that `facecom stop RUN` asks for by a file in the run's folder. `release`
 * ends the watching.
 */
export function withStopRequests(
  runDir: string,
  signals: { stop: AbortSignal; kill: AbortSignal },
): { stop: AbortSignal; kill: AbortSignal; release: () => void } {
  const stop = new AbortController();
  const kill = new AbortController();
  // One that an earlier start did not live to read is not meant for this one.
  takeStopRequest(runDir);
  const timer = setInterval(() => {
    const request = takeStopRequest(runDir);
    if (!request) return;
    stop.abort();
    if (request.kill) kill.abort();
  }, INTERVAL);
  timer.unref();
  return {
    stop: AbortSignal.any([signals.stop, stop.signal]),
    kill: AbortSignal.any([signals.kill, kill.signal]),
    release: () => clearInterval(timer),
  };
}
