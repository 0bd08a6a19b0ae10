import { FacecomError } from '../base/errors.ts';
import { plural } from '../base/format.ts';
import { sentence } from './follow.ts';
import { MlflowClient } from './mlflow/client.ts';
import { connect } from './mlflow/connection.ts';
import { readCursor } from './mlflow/cursor.ts';
import { waitForServer } from './mlflow/local/server.ts';
import { localTarget } from './mlflow/session.ts';

export interface DeleteOptions {
  /** The folder of runs, of the local server. */
  runs: string;
  note: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Deletes in MLflow what was sent of these run and sweep folders, on every server that has some of it; MLflow keeps deleted runs, and can
 * restore them. Returns how many runs it were. Throws `mlflow-delete` where a server does not answer or refuses; the runs of others are deleted.
 */
export async function deleteRemote(
  dirs: readonly string[],
  { runs, note, signal }: DeleteOptions,
): Promise<number> {
  const byTarget = new Map<string, string[]>();
  for (const dir of dirs)
    for (const [target, { run }] of Object.entries(readCursor(dir)?.sent ?? {}))
      byTarget.set(target, [...(byTarget.get(target) ?? []), run]);
  let deleted = 0;
  const failures: string[] = [];
  for (const [target, ids] of byTarget) {
    try {
      const client = await clientOf(target, runs, signal);
      if (!client) {
        note(`MLflow: ${plural(ids.length, 'run')} of a local server that is no longer there.`);
        continue;
      }
      for (const id of ids) {
        await client.deleteRun(id);
        deleted++;
      }
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(sentence(error));
    }
  }
  if (failures.length > 0)
    throw new FacecomError('mlflow-delete', 'Not all runs were deleted in MLflow.', {
      found: failures.join('; '),
      remedy: 'Start the server and try again, or delete them in MLflow and the folders without --mlflow.',
    });
  return deleted;
}

/** Undefined for a local server whose folder was thrown away. */
async function clientOf(
  target: string,
  runs: string,
  signal: AbortSignal | undefined,
): Promise<MlflowClient | undefined> {
  const policy = { retries: 2, backoff: 0.5, timeout: 20 };
  if (!target.startsWith('local:')) return new MlflowClient(connect(target), { policy, signal });
  if (target !== localTarget(runs)) return undefined;
  return new MlflowClient({ base: await waitForServer(runs, { signal }), headers: {} }, { policy, signal });
}
