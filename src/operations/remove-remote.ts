import type { DeleteOptions } from '../tracking/index.ts';

/** Deletes in MLflow what was sent of these run and sweep folders, while they are still there. Returns how many runs it were. */
export type DeleteRemote = (dirs: readonly string[], options: DeleteOptions) => Promise<number>;

/** Deletes in MLflow the runs of these folders. Throws `mlflow-delete`. */
export const removeRemote: DeleteRemote = async (dirs, options) =>
  (await import('../tracking/index.ts')).deleteRemote(dirs, options);
