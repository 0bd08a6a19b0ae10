import { FacecomError } from '../../base/errors.ts';

/** A tracking server and how to speak to it. */
export interface Connection {
  /** Its address without user and password, ending with a slash. */
  readonly base: string;
  /** The user's credentials, for requests only: never printed, never written to the record. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The connection to a server's address (http or https). Credentials are those of MLFLOW_TRACKING_USERNAME and
 * MLFLOW_TRACKING_PASSWORD, else of MLFLOW_TRACKING_TOKEN, else of the address. Throws FacecomError `mlflow-uri` (exit code 2).
 */
export function connect(uri: string, env: NodeJS.ProcessEnv = process.env): Connection {
  const url = parseAddress(uri);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { base: url.href, headers: authorization(env, decode(username), decode(password)) };
}

function parseAddress(uri: string): URL {
  const shown = withoutCredentials(uri);
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    throw notAServer(shown, 'Give the address of a server, such as http://127.0.0.1:5000.');
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  const remedy = /^(sqlite|mysql|postgresql|mssql)/.test(url.protocol)
    ? `Start a server over it (mlflow server --backend-store-uri ${shown}) and give its address.`
    : 'Give the address of a tracking server, or leave it out: facecom then starts a local one.';
  throw notAServer(shown, remedy);
}

function notAServer(found: string, remedy: string): FacecomError {
  return new FacecomError('mlflow-uri', 'The address of MLflow is not that of a server.', {
    found,
    expected: 'an address that begins with http:// or https://',
    remedy,
    exitCode: 2,
  });
}

/** An address as it may be shown. */
export function withoutCredentials(uri: string): string {
  return uri.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

function authorization(
  env: NodeJS.ProcessEnv,
  username: string,
  password: string,
): Readonly<Record<string, string>> {
  const { MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN } = env;
  const basic = (user: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
  });
  if (MLFLOW_TRACKING_USERNAME && MLFLOW_TRACKING_PASSWORD)
    return basic(MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD);
  // A line break that came along from a file would break the header.
  if (MLFLOW_TRACKING_TOKEN) return { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN.trim()}` };
  return username !== '' || password !== '' ? basic(username, password) : {};
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
