import { shownPath } from '../../../base/format.ts';
import { exportRun as exportWeights } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';

/** Writes the best weights of a run for other programs. */
export async function exportRun(
  text: string,
  { json, ...options }: { out: string; runs: string; format: string; batch: number; json?: boolean },
): Promise<void> {
  const exported = await exportWeights(text, options);
  const { values, folder } = exported;
  if (json) printJson(exported);
  else
    process.stdout.write(
      `${(values / 1e6).toFixed(1)} million values and their description in ${shownPath(folder)}\n`,
    );
}
