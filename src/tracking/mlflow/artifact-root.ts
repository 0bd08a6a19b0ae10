import type { Connection } from './connection.ts';

/**
 * Where a run's artifacts lie below the server's own artifact root, from the run's artifact_uri. Undefined if they lie in a store
 * that the server does not stand before, or that another server does: credentials do not go there.
 */
export function artifactRoot(uri: string, { base }: Pick<Connection, 'base'>): string | undefined {
  const below = '/api/2.0/mlflow-artifacts/artifacts/';
  try {
    const url = new URL(uri);
    const path = decodeURIComponent(url.pathname);
    if (url.protocol === 'mlflow-artifacts:')
      return url.host === '' || url.host === new URL(base).host ? path.replace(/^\/+/, '') : undefined;
    const own = (url.protocol === 'http:' || url.protocol === 'https:') && url.host === new URL(base).host;
    const at = path.indexOf(below);
    return own && at >= 0 ? path.slice(at + below.length) : undefined;
  } catch {
    return undefined;
  }
}
