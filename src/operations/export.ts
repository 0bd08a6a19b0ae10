import { join } from 'node:path';
import { writeAside } from '../base/files.ts';
import { newFolder } from '../base/new-folder.ts';
import { trainedRun } from './trained-run.ts';

export interface ExportOptions {
  /** New or empty folder. */
  out: string;
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
}

export interface Exported {
  run: string;
  folder: string;
  files: string[];
  /** Numbers that were written. */
  values: number;
}

/** Writes the best weights of a run; model.json comes last, so that half an export is none. */
export async function exportRun(text: string, { out, runs = 'runs' }: ExportOptions): Promise<Exported> {
  const { id, dir } = trainedRun(text, runs);
  const { exportWeights, modelCard, readBest } = await import('../trainer/index.ts');
  const checkpoint = await readBest(dir);
  const folder = await newFolder(out);
  const values = await exportWeights(checkpoint, folder);
  writeAside(join(folder, 'model.json'), `${JSON.stringify(modelCard(id, checkpoint), null, 2)}\n`);
  return { run: id, folder, files: ['model.safetensors', 'model.json'], values };
}
