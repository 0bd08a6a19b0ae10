import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendState, createRunFolder, openEvents } from '../../../src/record/index.ts';

export interface RecordOptions {
  runs: string;
  name?: string;
  trial?: string;
  config?: object;
  metrics?: { step: number; epoch?: number; values: Record<string, number> }[];
  artifacts?: Record<string, string>;
  /** Of a run that has finished. */
  score?: number;
  /** How it ended; left out: it runs. */
  end?: 'finished' | 'failed' | 'killed' | 'stopped' | 'pruned';
}

/** A run folder as the orchestrator and a trainer leave it. */
export function writeRecord(options: RecordOptions): string {
  const { runs, name = 'odd', trial = 'abc123' } = options;
  const config = { name, description: 'A test.', tags: { team: 'blue' }, seed: 7, ...options.config };
  const runDir = createRunFolder(
    { runs, name, trial },
    {
      config,
      spec: `name: ${name}\n`,
      origins: {},
      environment: { host: 'here', data_hash: 'f'.repeat(64) },
    },
  );
  appendState(runDir, { state: 'queued' });
  appendState(runDir, { state: 'started', attempt: 1, launcher: 'local', devices: ['cpu'] });
  const events = openEvents(runDir);
  for (const { step, epoch = 0, values } of options.metrics ?? []) events.metric({ step, epoch, values });
  for (const [path, content] of Object.entries(options.artifacts ?? {})) {
    const file = join(runDir, 'artifacts', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, content);
    events.artifact({ path: `artifacts/${path}`, kind: 'chart' });
  }
  if (options.end === 'finished') events.finished({ metrics: { 'val/combined': options.score ?? 0.5 } });
  events.close();
  if (options.end === 'finished') appendState(runDir, { state: 'finished', seconds: 1 });
  if (options.end === 'failed') appendState(runDir, { state: 'failed', class: 'code', message: 'It broke.' });
  if (options.end === 'killed') appendState(runDir, { state: 'failed', class: 'killed', message: 'Killed.' });
  if (options.end === 'stopped') appendState(runDir, { state: 'stopped' });
  if (options.end === 'pruned') appendState(runDir, { state: 'pruned', epoch: 1 });
  return runDir;
}
