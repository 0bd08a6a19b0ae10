import { diskFull, freeBytes } from '../base/disk.ts';
import { FacecomError } from '../base/errors.ts';
import { cacheFolder } from '../base/folders.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { runTool, type ToolOptions } from '../base/tool.ts';

/** What is reported while something is fetched or installed. */
export interface Progress {
  /** What is being done, such as `tensorflow-cpu 2.21.0`. */
  what: string;
  /** Bytes. */
  done?: number;
  total?: number;
  /** Bytes a second. */
  rate?: number;
}

/**
 * The user's own settings of pip stay (index, proxies, certificates), but not those that would send what is installed elsewhere
 * or refuse to work outside a virtual environment of the user's.
 */
const PIP_ENVIRONMENT = {
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_INPUT: '1',
  PIP_ROOT_USER_ACTION: 'ignore',
  // Without a network an answer is due at once: pip's own five retries take ten seconds for each package.
  PIP_RETRIES: process.env.PIP_RETRIES ?? '3',
  PIP_REQUIRE_VIRTUALENV: '0',
  PIP_USER: '0',
  PIP_TARGET: undefined,
  PIP_PREFIX: undefined,
  PIP_ROOT: undefined,
  PYTHONUNBUFFERED: '1',
  PYTHONHOME: undefined,
  PYTHONPATH: undefined,
};

const NOTHING_FREE = 16e6; // bytes

/** Runs pip or uv; throws FacecomError `python-packages` or `disk-full` with its last lines where it fails. */
export async function runPip(
  file: string,
  args: string[],
  { what, ...options }: ToolOptions & { what: string },
): Promise<void> {
  const env = { ...PIP_ENVIRONMENT, ...options.env };
  const { exitCode, tail } = await runTool(file, args, { ...options, env });
  if (exitCode === 0) return;
  const text = tail.join('\n');
  if (/No space left on device|os error 28|ENOSPC/i.test(text) || (await isFull())) throw diskFull(what);
  throw new FacecomError('python-packages', `Fetching ${what} failed.`, {
    found: lastLines(tail),
    remedy: remedy(text),
    exitCode: 2,
  });
}

/** Not every tool says why it failed. */
const isFull = async (): Promise<boolean> => (await freeBytes(cacheFolder())) < NOTHING_FREE;

const consequence =
  /Could not find a version|No matching distribution|conflicting dependencies|ResolutionImpossible/;

/** The lines that say what went wrong; pip repeats each retry. */
function lastLines(tail: string[]): string {
  const said = tail
    .map((line) => line.trim())
    .filter((line) => line && !/^(WARNING: Retrying|\[notice\])/.test(line));
  const errors = said.filter((line) => /^(ERROR|error|Caused by|cause|×|├|╰)/.test(line));
  const broken = tail.findLast((line) => /connection broken by/.test(line));
  const why = /: ((?:Failed|\[)[^'"]+)['"]/.exec(broken ?? '')?.[1];
  // What pip makes of an index that it could not reach.
  const causes = why ? errors.filter((line) => !consequence.test(line)) : errors.length > 0 ? errors : said;
  const text = [...(why ? [`${why}.`] : []), ...causes.slice(-4)].join(' ');
  return withoutSecrets(text).replace(/\(from versions: [^)]{200,}\)/, '');
}

function remedy(text: string): string {
  if (/CERTIFICATE_VERIFY_FAILED|SSLError|certificate/i.test(text))
    return 'Tell pip which certificates to trust (PIP_CERT, or SSL_CERT_FILE for uv), then try again.';
  if (/40[137] (Client Error|Unauthorized|Forbidden)|HTTP status client error/i.test(text))
    return 'The package index refused: check the index and its credentials in the settings of pip or uv.';
  if (/DO NOT MATCH THE HASHES|hash mismatch/i.test(text))
    return 'The index gives another file than PyPI had: do not use it. An own build is named by FACECOM_TENSORFLOW_DIR.';
  if (/requires a different Python|Requires-Python/i.test(text))
    return 'Install a newer Python, or name one with FACECOM_PYTHON.';
  return 'Check the network, and the index, proxy and certificates in the settings of pip or uv; then try again.';
}
