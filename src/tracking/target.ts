import { connect } from './mlflow/connection.ts';

/** Where runs are shown: nowhere, on a server, or on the local server of their folder. */
export type Target = { kind: 'off' } | { kind: 'server'; uri: string } | { kind: 'local' };

/**
 * What `tracking.mlflow` means: `off`; a server's address; `auto`: FACECOM_MLFLOW (one of these) if set, else MLFLOW_TRACKING_URI,
 * else the local server. Throws FacecomError `mlflow-uri` (exit code 2) where that is no server's address.
 */
export function targetOf(mlflow: string = 'auto', env: NodeJS.ProcessEnv = process.env): Target {
  const asked = mlflow.trim() === 'auto' ? env.FACECOM_MLFLOW?.trim() || 'auto' : mlflow.trim();
  if (asked === 'off') return { kind: 'off' };
  if (asked !== 'auto') return server(asked, env);
  const uri = env.MLFLOW_TRACKING_URI?.trim();
  return uri ? server(uri, env) : { kind: 'local' };
}

function server(uri: string, env: NodeJS.ProcessEnv): Target {
  connect(uri, env);
  return { kind: 'server', uri };
}
