import { join } from 'node:path';
import { newFolder } from '../../../base/new-folder.ts';
import { writeAside } from '../../../base/write-aside.ts';
import { shownPath, trainedRun } from '../../../operations/index.ts';

/** Writes the best weights of a run; model.json comes last, so that half an export is none. */
export async function exportRun(
  text: string,
  options: { out: string; runs: string; json?: boolean },
): Promise<void> {
  const { id, runDir } = trainedRun(text, options.runs);
  const { readBest } = await import('../../../trainer/index.ts');
  const checkpoint = await readBest(runDir);
  const { exportWeights, modelCard } = await import('../../../trainer/index.ts');
  const folder = await newFolder(options.out);
  const values = await exportWeights(checkpoint, folder);
  writeAside(join(folder, 'model.json'), `${JSON.stringify(modelCard(id, checkpoint), null, 2)}\n`);
  const summary = { run: id, folder, files: ['model.safetensors', 'model.json'], values };
  process.stdout.write(
    options.json
      ? `${JSON.stringify(summary)}\n`
      : `${(values / 1e6).toFixed(1)} million values and their description in ${shownPath(folder)}\n`,
  );
}
