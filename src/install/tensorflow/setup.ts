import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asCacheError, checkSpace, makeCacheFolder } from '../../base/disk.ts';
import { FacecomError } from '../../base/errors.ts';
import { makeFolder } from '../../base/files.ts';
import { formatBytes } from '../../base/format.ts';
import { withLock } from '../../base/lock.ts';
import type { Progress } from '../../python/index.ts';
import { findPython, findUv, pythonMissing } from '../../python/index.ts';
import { checkTensorFlow, type TensorFlowReport } from './check.ts';
import { fetchWithPip } from './fetch-pip.ts';
import { fetchWithUv } from './fetch-uv.ts';
import {
  chooseInstall,
  installsFolder,
  readMarker,
  type TensorFlowPlace,
  verifyInstall,
  writeMarker,
} from './locate.ts';
import { type Kind, planWheels, type WheelPlan } from './wheels.ts';

export interface SetupOptions {
  /** What is installed; by default what `chooseKind` says. */
  kind: Kind;
  /** Installs even where a whole install is there. */
  force?: boolean;
  note?: (line: string) => void;
  progress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface SetupResult extends TensorFlowPlace {
  /** Whether it was installed now; false if it was there. */
  installed: boolean;
  report?: TensorFlowReport;
}

/** What an interrupted setup leaves behind is named so, and is removed by the next one. */
const ASIDE = '.aside-';

/**
 * Installs native TensorFlow from its PyPI wheel into the cache folder, unless it is there:
 *
 *     plan ─▶ lock ─▶ disk ─▶ fetch with uv or pip ─▶ keep the libraries ─▶ load them in a child ─▶ marker ─▶ rename
 *                              └────────────── all in a folder aside ──────────────┘
 *
 * Throws FacecomError `tensorflow-platform`, `python-missing`, `python-packages`, `disk-full`, `cache-folder`, `tensorflow-damaged`
 * or `interrupted`; nothing half done is then taken for an install.
 */
export async function setupTensorFlow(options: SetupOptions): Promise<SetupResult> {
  const plan = planWheels(options.kind);
  const folder = join(installsFolder(), `${plan.version}-${plan.kind}`);
  const place = { dir: join(folder, 'tensorflow'), version: plan.version, kind: plan.kind };
  if (!options.force && isWhole(folder)) return { ...chosen(place), installed: false };
  makeCacheFolder(installsFolder());
  const before = stamp(folder);
  const onWait = ({ pid, here }: { pid: number; here: boolean }) =>
    options.note?.(
      `waiting for process ${pid}${here ? '' : ' of another machine'}, which is setting up native TensorFlow`,
    );
  try {
    return await withLock(
      join(installsFolder(), 'setup.lock'),
      { signal: options.signal, onWait },
      async () => {
        removeLeftovers();
        // Whoever waited uses what the other has made.
        if (isWhole(folder) && (!options.force || stamp(folder) !== before))
          return { ...chosen(place), installed: false };
        const report = await install(plan, folder, options);
        return { ...place, installed: true, report };
      },
    );
  } catch (error) {
    throw asCacheError(error, `native TensorFlow ${plan.version}`);
  }
}

const isWhole = (folder: string): boolean =>
  readMarker(folder) !== undefined && verifyInstall(join(folder, 'tensorflow')) === undefined;

const stamp = (folder: string): number | undefined => readMarker(folder)?.installed;

function chosen(place: TensorFlowPlace): TensorFlowPlace {
  chooseInstall(place.dir);
  return place;
}

function removeLeftovers(): void {
  for (const name of readdirSync(installsFolder())) {
    if (name.startsWith(ASIDE)) rmSync(join(installsFolder(), name), { recursive: true, force: true });
  }
}

async function install(plan: WheelPlan, folder: string, options: SetupOptions): Promise<TensorFlowReport> {
  const { note, signal, progress } = options;
  const what = `native TensorFlow ${plan.version} (${plan.kind})`;
  await checkSpace(installsFolder(), plan.peak, what);
  const [uv, python] = await Promise.all([findUv(), findPython()]);
  if (!uv && !python) throw await pythonMissing('Setting up native TensorFlow');
  const by = uv ? `uv ${uv}` : `pip and Python ${python!.version}`;
  note?.(
    `setting up ${what} with ${by}: about ${formatBytes(plan.fetched)} to fetch, ${formatBytes(plan.kept)} on disk`,
  );
  const aside = join(installsFolder(), `${ASIDE}${process.pid}-${randomUUID().slice(0, 8)}`);
  const [root, work] = [join(aside, 'root'), join(aside, 'work')];
  try {
    makeFolder(root);
    const fetch = { plan, root, work, signal, progress };
    if (uv) await fetchWithUv(python, fetch);
    else await fetchWithPip(python!, fetch);
    rmSync(work, { recursive: true, force: true });
    progress?.({ what: 'loading it' });
    const report = await checkTensorFlow(join(root, 'tensorflow'), { signal });
    if (report.version !== plan.version) throw wrongVersion(report.version, plan);
    writeMarker(root, { version: plan.version, kind: plan.kind, by });
    replace(folder, root, join(aside, 'old'));
    return report;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** A process that has the old libraries open keeps them. */
function replace(folder: string, by: string, old: string): void {
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(by, folder);
}

function wrongVersion(found: string, plan: WheelPlan): FacecomError {
  return new FacecomError('tensorflow-damaged', 'The libraries that were fetched are of another version.', {
    found,
    expected: plan.version,
    remedy: 'Check that the package index gives the genuine tensorflow package.',
    exitCode: 2,
  });
}
