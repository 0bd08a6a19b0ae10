import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFolder } from '../base/folders.ts';
import { hasModel, modelFolder } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import { targetOf } from '../tracking/index.ts';

const run = promisify(execFile);
const LONGEST = 300_000; // milliseconds

/** Whether MLflow is to get a run's best checkpoint as a model. */
export function wantsModel({ tracking }: { tracking: Partial<Experiment['tracking']> }): boolean {
  if (!tracking.model && !tracking.register) return false;
  try {
    return targetOf(tracking.mlflow).kind !== 'off';
  } catch {
    return false;
  }
}

/**
 * Exports the best checkpoint of a run that has finished to where MLflow's sync takes it from, in a process of its own: this one loads no
 * tensor library. Why it could not be done is told to `note`; the run is not failed for it.
 */
export async function exportForMlflow(
  runDir: string,
  { note, signal }: { note: (line: string) => void; signal?: AbortSignal },
): Promise<void> {
  if (hasModel(runDir)) return;
  const folder = modelFolder(runDir);
  const program = join(packageFolder(), 'bin', 'facecom.mjs');
  const args = [program, 'export', runDir, '--format', 'onnx', '--out', folder, '--json'];
  try {
    // What a killed export has left.
    rmSync(folder, { recursive: true, force: true });
    await run(process.execPath, args, { timeout: LONGEST, ...(signal ? { signal } : {}) });
    // The ONNX model holds the weights.
    rmSync(join(folder, 'model.safetensors'), { force: true });
  } catch (error) {
    if (signal?.aborted) return;
    const { stderr, message } = error as Error & { stderr?: string };
    const said = (stderr?.trim() || message).split('\n')[0]!.slice(0, 300);
    note(`MLflow: the model was not exported (${said}). \`facecom export\` tries again.`);
  }
}
