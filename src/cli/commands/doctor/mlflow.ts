import { FacecomError } from '../../../base/errors.ts';
import { hasMlflow, mlflowImpossible } from '../../../python/index.ts';
import { connect, findServer, withoutCredentials } from '../../../tracking/index.ts';
import { type Finding, ok, warn } from './finding.ts';

const TIMEOUT = 2000; // ms

/** Whether the tracking server of MLFLOW_TRACKING_URI answers, or the local one can be started. Passwords are not shown. */
export async function checkMlflow(runs: string): Promise<Finding> {
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri) return checkRemote(uri);
  const running = await findServer(runs, AbortSignal.timeout(TIMEOUT)).catch(() => undefined);
  const details = { installed: hasMlflow(), server: running ?? null };
  if (running) return ok('mlflow', `the local server answers at ${running}`, details);
  if (details.installed) return ok('mlflow', 'installed; `facecom ui` starts the local server', details);
  const impossible = await mlflowImpossible();
  return impossible
    ? warn(
        'mlflow',
        `not installed, and it cannot be: ${impossible.message} Found: ${impossible.found}`,
        impossible.remedy!,
        details,
      )
    : warn(
        'mlflow',
        'not installed: `facecom ui` or a run sets it up in the background (620 MB); runs are recorded all the same',
        'Run `facecom setup --mlflow`, or set MLFLOW_TRACKING_URI to a server.',
        details,
      );
}

async function checkRemote(uri: string): Promise<Finding> {
  const shown = withoutCredentials(uri);
  const details = { uri: shown };
  const remedy =
    'Start the server, or correct MLFLOW_TRACKING_URI; `facecom sync` sends later what was not sent.';
  try {
    const { base, headers } = connect(uri);
    const answer = await fetch(new URL('health', base), { headers, signal: AbortSignal.timeout(TIMEOUT) });
    if (answer.ok) return ok('mlflow', `the server at ${shown} answers`, details);
    return warn('mlflow', `the server at ${shown} answers ${answer.status}`, remedy, details);
  } catch (error) {
    if (error instanceof FacecomError) return warn('mlflow', error.message, error.remedy ?? remedy, details);
    return warn('mlflow', `the server at ${shown} does not answer`, remedy, details);
  }
}
