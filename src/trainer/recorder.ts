import { relative } from 'node:path';
import type { ErrorCode } from '../base/error-codes.ts';
import type { Event, EventWriter } from '../record/index.ts';
import { timingNames } from '../spec/index.ts';

/** No reason to write a metric twice. */
const timing = new Set<string>(timingNames);

/**
 * What the trainer writes into the run's record besides its progress. A resumed run goes through some steps a second time:
 * what the record says already is not said twice.
 */
export class RunRecord {
  private readonly events: EventWriter;
  private readonly runDir: string;
  private readonly log: (line: string) => void;
  private readonly said = new Set<string>();

  constructor(
    events: EventWriter,
    { runDir, earlier, log }: { runDir: string; earlier: readonly Event[]; log: (line: string) => void },
  ) {
    this.events = events;
    this.runDir = runDir;
    this.log = log;
    for (const event of earlier) {
      if (event.type === 'metric') this.said.add(metricKey(event.step, event.values));
      if (event.type === 'warning') this.said.add(`warning ${event.code} ${event.message}`);
    }
  }

  metric(step: number, epoch: number, values: Record<string, number>): void {
    const key = metricKey(step, values);
    if (this.said.has(key)) return;
    this.said.add(key);
    this.events.metric({ step, epoch, values });
  }

  warn(code: ErrorCode, message: string): void {
    const key = `warning ${code} ${message}`;
    if (this.said.has(key)) return;
    this.said.add(key);
    this.log(`warning[${code}]: ${message}`);
    this.events.warning({ code, message });
  }

  checkpoint(path: string, score: number | undefined): void {
    this.events.checkpoint({ path: relative(this.runDir, path), score });
    this.events.sync();
  }

  artifact(path: string, kind: string): void {
    this.events.artifact({ path: relative(this.runDir, path), kind });
  }
}

function metricKey(step: number, values: Readonly<Record<string, number>>): string {
  const kept = Object.entries(values)
    .filter(([name]) => !timing.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return `metric ${step} ${kept.join(' ')}`;
}
