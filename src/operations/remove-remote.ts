import { FacecomError } from '../base/errors.ts';

/** Deletes in MLflow what was sent of these run and sweep folders, while they are still there. Returns how many runs it were. */
export type DeleteRemote = (
  dirs: readonly string[],
  options: { runs: string; note: (line: string) => void; signal?: AbortSignal },
) => Promise<number>;

/** Deletes in MLflow the runs of these folders. Throws `mlflow-delete`. */
export const removeRemote: DeleteRemote = async (dirs, options) => {
  const tracking: object = await import('../tracking/index.ts');
  if ('deleteRemote' in tracking) return (tracking.deleteRemote as DeleteRemote)(dirs, options);
  throw new FacecomError('mlflow-delete', 'This version deletes nothing in MLflow.', {
    found: '--mlflow',
    expected: 'the folders alone',
    remedy: 'Delete the runs in MLflow, and the folders without --mlflow.',
    exitCode: 2,
  });
};
