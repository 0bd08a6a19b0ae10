import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { appendState, createRunFolder, openEvents } from '../../../src/record/index.ts';

export function runsFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'facecom-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'runs');
}

export interface Made {
  runs: string;
  name?: string;
  trial?: string;
  config?: object;
  /** Values of each epoch, from 1. */
  epochs?: Record<string, number>[];
  final?: Record<string, number>;
  failure?: { class: 'nan' | 'oom'; code: string; message: string };
  warnings?: [code: string, message: string][];
  artifacts?: [path: string, kind: string][];
  environment?: object;
  confusion?: unknown;
}

/** A run's record, written as the trainer and the orchestrator write it. */
export function makeRun(made: Made): string {
  const { runs, name = 'made', trial = 'abcdef012345', config = {}, epochs = [], final, failure } = made;
  const dir = createRunFolder(
    { runs, name, trial },
    { config: { name, ...config }, spec: '', origins: {}, environment: made.environment ?? {} },
  );
  appendState(dir, { state: 'queued' });
  appendState(dir, { state: 'started', attempt: 1 });
  const events = openEvents(dir);
  for (const [i, values] of epochs.entries()) events.metric({ step: (i + 1) * 10, epoch: i + 1, values });
  for (const [code, message] of made.warnings ?? []) events.warning({ code, message });
  for (const [path, kind] of made.artifacts ?? []) events.artifact({ path, kind });
  if (made.confusion !== undefined)
    writeFileSync(join(dir, 'artifacts', 'confusion_gender.json'), JSON.stringify(made.confusion));
  if (failure) {
    events.failed(failure);
    appendState(dir, { state: 'failed', ...failure });
  } else if (final) {
    events.finished({ metrics: final });
    appendState(dir, { state: 'finished', seconds: 12.5 });
  }
  events.close();
  return dir;
}

/** Epochs as the built-in trainer tells them. */
export function usualEpochs(count: number): Record<string, number>[] {
  return Array.from({ length: count }, (_, i) => {
    const done = (i + 1) / count;
    return {
      'train/loss': 2 - done,
      'train/gender_loss': 0.7 - 0.4 * done,
      'train/identity_loss': 3 - 2 * done,
      'train/images_per_second': 90,
      'train/lr': 0.001 * (1 - done),
      'val/gender_accuracy': 0.5 + 0.4 * done,
      'val/gender_f1': 0.5 + 0.4 * done,
      'val/identity_top1': 0.8 * done,
      'val/identity_top5': 0.9 * done,
      'val/combined': 0.2 + 0.6 * done,
    };
  });
}

export const confusion = {
  split: 'test',
  labels: ['Male', 'Female'],
  rows: 'actual',
  columns: 'predicted',
  matrix: [
    [40, 10],
    [0, 50],
  ],
};
