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
  /** Further files under artifacts/. */
  files?: Record<string, string | Uint8Array>;
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
  for (const [name, content] of Object.entries(made.files ?? {}))
    writeFileSync(join(dir, 'artifacts', name), content);
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

/** test_images.csv of answers: `right` says of which images identity and gender are right. */
export function testImages(right: readonly (readonly [identity: boolean, gender: boolean])[]): string {
  const lines = right.map(([identity, gender], i) => {
    const person = `p${i % 4}`;
    const other = `p${(i + 1) % 4}`;
    return `${i}.png,Male,${gender ? 'Male' : 'Female'},${gender ? 0.2 : 0.9},${person},${identity ? person : other},0.8`;
  });
  return [
    'filename,gender,predicted_gender,female_probability,identity,predicted_identity,identity_probability',
    ...lines,
    '',
  ].join('\n');
}

/** diagnostics.json with a sheet of two images, and the sheet. */
export async function diagnostics(
  names: readonly [string, string],
): Promise<Record<string, string | Uint8Array>> {
  const { default: sharp } = await import('sharp');
  const background = '#3377aa';
  const sheet = await sharp({ create: { width: 128, height: 64, channels: 3, background } })
    .jpeg()
    .toBuffer();
  const points = Array.from({ length: 20 }, (_, i) => [1 - i / 20, (i / 20) ** 2, Math.sqrt(i / 20)]);
  const curve = {
    positives: 50,
    negatives: 50,
    auc: 0.9,
    eer: 0.15,
    threshold: 0.5,
    chosen_on: 'validation',
    points,
  };
  const bins = [
    { low: 0.5, high: 0.6, count: 5, confidence: 0.55, accuracy: 0.6 },
    { low: 0.9, high: 1, count: 20, confidence: 0.95, accuracy: 0.8 },
  ];
  const [left, right] = names;
  return {
    'mistakes.jpg': sheet,
    'diagnostics.json': JSON.stringify({
      version: 1,
      split: 'test',
      verification: { ...curve, hardest: [{ left, right, same: false, cosine: 0.71 }] },
      gender: curve,
      calibration: { gender: bins, identity: bins },
      sheet: { file: 'mistakes.jpg', tile: 64, columns: 2, names },
    }),
  };
}
