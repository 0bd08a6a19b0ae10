import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { writeAside } from '../base/files.ts';
import { packageFolder } from '../base/folders.ts';
import { newFolder } from '../base/new-folder.ts';
import { prepareProcess, trainedRun } from './trained-run.ts';

export interface ExportOptions {
  /** New or empty folder. */
  out: string;
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** safetensors if left out. */
  format?: string;
  /** Images that a model of ONNX or TensorFlow takes at once; 1 if left out. */
  batch?: number;
}

/** Reads an export in PyTorch. */
const LOADER = 'load.py';

const formats = ['safetensors', 'onnx', 'savedmodel'] as const;

export interface Exported {
  run: string;
  folder: string;
  files: string[];
  /** Numbers that were written. */
  values: number;
}

/** Writes the best weights of a run in a format; model.json comes last, so that half an export is none. */
export async function exportRun(
  text: string,
  { out, runs = 'runs', format = 'safetensors', batch = 1 }: ExportOptions,
): Promise<Exported> {
  if (!(formats as readonly string[]).includes(format))
    throw new FacecomError('option-value', '--format names no format.', {
      found: format,
      expected: formats.join(', '),
      exitCode: 2,
    });
  const { id, dir } = trainedRun(text, runs);
  const { exportGraph, exportWeights, graphFiles, modelCard, readBest } = await import('../trainer/index.ts');
  const checkpoint = await readBest(dir);
  const folder = await newFolder(out);
  const values = await exportWeights(checkpoint, folder);
  const graph = format === 'onnx' || format === 'savedmodel' ? format : undefined;
  if (graph) {
    prepareProcess(checkpoint.config);
    await exportGraph(checkpoint, { format: graph, folder, size: batch });
  }
  copyFileSync(join(packageFolder(), 'experiments', 'export', LOADER), join(folder, LOADER));
  writeAside(join(folder, 'model.json'), `${JSON.stringify(modelCard(id, checkpoint), null, 2)}\n`);
  const files = ['model.safetensors', ...(graph ? [graphFiles[graph]] : []), LOADER, 'model.json'];
  return { run: id, folder, files, values };
}
