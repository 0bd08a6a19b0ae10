import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, hostname, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { commandLine } from '../base/command-line.ts';
import { packageVersion } from '../base/folders.ts';
import { withoutSecrets } from '../base/secrets.ts';
import { type Environment, RECORD_VERSION } from '../record/index.ts';

const run = promisify(execFile);

/** What of a machine and of the code decides a run, for its environment.json. */
export async function describeEnvironment(facts: {
  cwd: string;
  seed: number;
  dataHash?: string;
  /** Hash of the weights that the run starts from. */
  weightsHash?: string;
  onednn?: { version: string };
  tensorflow?: { version: string; kind: string };
  gpus?: readonly object[];
  /** Of the files of plugins. */
  plugins?: string;
}): Promise<Environment> {
  const { cwd, seed, dataHash, weightsHash, onednn, tensorflow, gpus, plugins } = facts;
  const argv = commandLine();
  return {
    time: new Date().toISOString(),
    record: RECORD_VERSION,
    facecom: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${release()} ${arch()}`,
    cwd,
    ...(argv ? { argv } : {}),
    host: hostname(),
    cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() },
    memory_bytes: totalmem(),
    gpus: [...(gpus ?? [])],
    ...(onednn ? { onednn } : {}),
    ...(tensorflow ? { tensorflow } : {}),
    seed,
    ...(dataHash === undefined ? {} : { data_hash: dataHash }),
    ...(weightsHash === undefined ? {} : { weights_hash: weightsHash }),
    ...(plugins === undefined ? {} : { plugins }),
    git: await gitState(cwd),
  };
}

const DIFF_LIMIT = 1 << 20; // characters

/** The commit that the working folder is at and what was changed since; null outside of a repository or without git. */
async function gitState(cwd: string): Promise<NonNullable<Environment['git']> | null> {
  // Without the commands that a repository may have configured.
  const git = async (...args: string[]) =>
    (
      await run('git', ['-c', 'core.fsmonitor=false', ...args], {
        cwd,
        maxBuffer: 64 << 20,
        timeout: 10_000,
      })
    ).stdout.trimEnd();
  try {
    const [commit, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')]);
    if (status === '') return { commit, dirty: false };
    // One that is too long to be had, or takes too long, leaves the rest known.
    const diff = await git('diff', '--no-ext-diff', '--no-textconv', 'HEAD').catch(
      ({ stdout }: { stdout?: string }) => stdout ?? '',
    );
    return { commit, dirty: true, status: status.split('\n'), diff: safeDiff(diff).slice(0, DIFF_LIMIT) };
  } catch {
    return null;
  }
}

/** Files that are made to hold keys. */
const keyFile =
  /(?:^|\/)(?:\.env(?:\.[^/]*)?|\.netrc|\.pypirc|\.npmrc|id_[a-z0-9]+|[^/]*(?:credential|secret)[^/]*|[^/]+\.(?:pem|key|p12|pfx|jks))$/i;

/** A diff without the content of files that hold keys, and with what looks like one masked elsewhere. */
export function safeDiff(diff: string): string {
  const files = diff.split(/^(?=diff --git )/m).map((part) => {
    const head = part.slice(0, part.indexOf('\n'));
    const names = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/.exec(head)?.slice(1) ?? [];
    return names.some((name) => keyFile.test(name)) ? `${head}\n(left out: it may hold keys)\n` : part;
  });
  return withoutSecrets(files.join(''));
}
