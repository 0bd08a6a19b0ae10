import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { makeFolder, readJsonObject, writeAside, writeJson } from '../base/files.ts';
import { newFolder } from '../base/new-folder.ts';
import { handInSummary, type KeptEvaluation } from './hand-in-summary.ts';
import { trainedRun } from './trained-run.ts';

export interface HandInOptions {
  /** New or empty folder. */
  out: string;
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
}

export interface HandedIn {
  run: string;
  folder: string;
  files: string[];
}

/** What is taken from a run's artifacts as it is, where it is there. */
const copied = [
  'thresholds.json',
  'submission.csv',
  'confusion_gender.json',
  'confusion_gender.png',
  'confusion_identity.json',
  'training_metrics.png',
  'robustness.csv',
  'robustness.png',
  'split.csv',
];

const testCommand = `#!/bin/sh
# Scores this model on a folder of labelled images in any layout, and writes predictions.csv:  sh test.sh FOLDER
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=\${1:?Usage: sh test.sh FOLDER}
npx facecom evaluate "$here/run" "$folder"
npx facecom predict "$here/run" "$folder" --out "$here/predictions.csv"
`;

/**
 * The folder that a contest or a colleague asks for: weights, labels, thresholds, test command, metrics with intervals, confusion,
 * submission.csv and one page of summary. README.md comes last, so that half a folder is none. Throws `hand-in-unfinished` for a run
 * that was not scored on its test images.
 */
export async function handIn(text: string, { out, runs = 'runs' }: HandInOptions): Promise<HandedIn> {
  const { id, dir } = trainedRun(text, runs);
  const { exportWeights, modelCard, readBest } = await import('../trainer/index.ts');
  const checkpoint = await readBest(dir);
  const artifact = (name: string) => join(dir, 'artifacts', name);
  const evaluation = readJsonObject(artifact('evaluation.json')) as KeptEvaluation | undefined;
  const metrics = readJsonObject(artifact('metrics.json'));
  if (!evaluation || !metrics)
    throw new FacecomError('hand-in-unfinished', 'The run was not scored on its test images.', {
      place: { file: artifact('evaluation.json') },
      expected: 'a finished run with test images',
      remedy: 'Finish it with facecom resume, or give data.split.test a share.',
      exitCode: 2,
    });
  const folder = await newFolder(out);
  const files: string[] = [];
  const put = (name: string, write: (file: string) => void) => {
    write(join(folder, name));
    files.push(name);
  };
  await exportWeights(checkpoint, folder);
  files.push('model.safetensors');
  put('model.json', (file) => writeJson(file, modelCard(id, checkpoint)));
  put('labels.json', (file) =>
    writeJson(file, { gender: ['Male', 'Female'], identity: checkpoint.identities }),
  );
  put('metrics.json', (file) =>
    writeJson(file, { ...metrics, intervals: evaluation.intervals, parts: evaluation.parts }),
  );
  for (const name of copied)
    if (existsSync(artifact(name))) put(name, (file) => copyFileSync(artifact(name), file));
  makeFolder(join(folder, 'run', 'checkpoints'));
  makeFolder(join(folder, 'run', 'artifacts'));
  for (const name of ['config.json', 'checkpoints/best.safetensors', 'artifacts/thresholds.json'])
    if (existsSync(join(dir, name))) put(`run/${name}`, (file) => copyFileSync(join(dir, name), file));
  if (existsSync(join(dir, 'spec.yaml')))
    put('spec.yaml', (file) => writeAside(file, readFileSync(join(dir, 'spec.yaml'))));
  put('test.sh', (file) => writeAside(file, testCommand, { mode: 0o755 }));
  const summary = handInSummary({ id, checkpoint, evaluation, metrics, files });
  put('README.md', (file) => writeAside(file, summary));
  return { run: id, folder, files };
}
