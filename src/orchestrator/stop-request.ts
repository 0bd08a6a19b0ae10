import { markProcess } from '../base/process.ts';
import { type StopRequest, takeStopRequest } from '../record/index.ts';

const INTERVAL = 250; // ms
/** On a shared file system, for the many runs of a cluster. */
const REMOTE = 2000; // ms
const BEGUN = Date.now() - process.uptime() * 1000;

/**
 * Signals for one run: those of its orchestrator, and those that `facecom stop RUN` asks for by a file in the run's folder. `release`
 * ends the watching.
 */
export function withStopRequests(
  runDir: string,
  signals: { stop: AbortSignal; kill: AbortSignal; prune?: AbortSignal },
  { remote = false } = {},
): { stop: AbortSignal; kill: AbortSignal; release: () => void } {
  const stop = new AbortController();
  const kill = new AbortController();
  const look = () => {
    const request = takeStopRequest(runDir);
    if (!request || !isMeant(request)) return;
    stop.abort();
    if (request.kill) kill.abort();
  };
  look();
  const timer = setInterval(look, remote ? REMOTE : INTERVAL);
  timer.unref();
  // Not AbortSignal.any: the orchestrator's signals outlive thousands of runs, and would remember each.
  const free = [forward(signals.stop, stop), forward(signals.kill, kill)];
  if (signals.prune) free.push(forward(signals.prune, stop));
  return {
    stop: stop.signal,
    kill: kill.signal,
    release: () => {
      clearInterval(timer);
      for (const release of free) release();
    },
  };
}

/** One that an earlier orchestrator did not live to read is not meant for this one. By the clock only where it names nobody. */
function isMeant({ time, holder }: StopRequest): boolean {
  if (!holder) return time >= BEGUN;
  const own = markProcess();
  return holder.pid === own.pid && holder.process === own.process;
}

function forward(from: AbortSignal, to: AbortController): () => void {
  const abort = () => to.abort();
  if (from.aborted) abort();
  from.addEventListener('abort', abort, { once: true });
  return () => from.removeEventListener('abort', abort);
}
