import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { asCacheError, checkSpace, makeCacheFolder } from '../../base/disk.ts';
import { FacecomError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';
import { withLock } from '../../base/lock.ts';
import {
  findPython,
  findUv,
  type Progress,
  type Python,
  pythonMissing,
  runPip,
  watchGrowth,
} from '../../python/index.ts';
import { readMarker, verifyInstall, writeMarker } from '../tensorflow/locate.ts';
import { checkOneDnn, type OneDnnReport } from './check.ts';
import { INTEL_LIBRARIES, ONEDNN_LIBRARY } from './check-file.ts';
import { ONEDNN_VERSION, oneDnnFolder } from './locate.ts';
import { type OneDnnWheels, planOneDnn } from './wheels.ts';

export interface OneDnnSetupOptions {
  /** Installs even where a whole install is there. */
  force?: boolean;
  note?: (line: string) => void;
  progress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface OneDnnSetup {
  dir: string;
  version: string;
  /** Whether it was installed now; false if it was there. */
  installed: boolean;
  report?: OneDnnReport;
}

const ASIDE = '.aside-';

/** The libraries that are kept: oneDNN, and Intel's if those are used. */
const KEPT: readonly string[] = [ONEDNN_LIBRARY, ...INTEL_LIBRARIES];

/**
 * Installs oneDNN from its PyPI wheel into the cache folder, unless it is there:
 *
 *     plan ─▶ lock ─▶ disk ─▶ fetch with uv or pip, by hash ─▶ keep the library ─▶ load it in a child ─▶ marker ─▶ rename
 *
 * Throws FacecomError `onednn-platform`, `python-missing`, `python-packages`, `disk-full`, `cache-folder`, `onednn-damaged`,
 * `onednn-cpu` or `interrupted`; nothing half done is then taken for an install.
 */
export async function setupOneDnn(options: OneDnnSetupOptions): Promise<OneDnnSetup> {
  const wheels = planOneDnn();
  const folder = join(oneDnnFolder(), ONEDNN_VERSION);
  const place = { dir: join(folder, 'lib'), version: ONEDNN_VERSION };
  const isWhole = () => readMarker(folder) !== undefined && verifyInstall(place.dir) === undefined;
  const stamp = () => readMarker(folder)?.installed;
  if (!options.force && isWhole()) return { ...place, installed: false };
  makeCacheFolder(oneDnnFolder());
  const before = stamp();
  const onWait = ({ pid }: { pid: number }) =>
    options.note?.(`waiting for process ${pid}, which is setting up oneDNN`);
  try {
    return await withLock(
      join(oneDnnFolder(), 'setup.lock'),
      { signal: options.signal, onWait },
      async () => {
        for (const name of readdirSync(oneDnnFolder()))
          if (name.startsWith(ASIDE)) rmSync(join(oneDnnFolder(), name), { recursive: true, force: true });
        // Whoever waited uses what the other has made.
        if (isWhole() && (!options.force || stamp() !== before)) return { ...place, installed: false };
        const report = await install(wheels, folder, options);
        return { ...place, installed: true, report };
      },
    );
  } catch (error) {
    throw asCacheError(error, `oneDNN ${ONEDNN_VERSION}`);
  }
}

async function install(
  wheels: OneDnnWheels,
  folder: string,
  { note, signal, progress }: OneDnnSetupOptions,
): Promise<OneDnnReport> {
  const what = `oneDNN ${ONEDNN_VERSION}`;
  await checkSpace(oneDnnFolder(), wheels.peak, what);
  const [uv, python] = await Promise.all([findUv(), findPython()]);
  if (!uv && !python) throw await pythonMissing('Setting up oneDNN');
  const by = uv ? `uv ${uv}` : `pip and Python ${python!.version}`;
  note?.(
    `setting up ${what} with ${by}: about ${formatBytes(wheels.fetched)} to fetch, ${formatBytes(wheels.kept)} on disk`,
  );
  const aside = join(oneDnnFolder(), `${ASIDE}${process.pid}-${randomUUID().slice(0, 8)}`);
  const [root, work] = [join(aside, 'root'), join(aside, 'work')];
  const lib = join(root, 'lib');
  try {
    makeFolder(lib);
    mkdirSync(work);
    const growth = watchGrowth(work, 'fetching oneDNN', progress);
    growth.expect(wheels.fetched);
    try {
      await fetchWheels(wheels, work, { uv: uv !== undefined, python, signal });
    } finally {
      growth.stop();
    }
    keep(work, lib);
    rmSync(work, { recursive: true, force: true });
    progress?.({ what: 'loading it' });
    const report = await checkOneDnn(lib, { signal });
    writeMarker(root, { version: ONEDNN_VERSION, kind: 'cpu', by });
    // A process that has the old library open keeps it.
    if (existsSync(folder)) renameSync(folder, join(aside, 'old'));
    renameSync(root, folder);
    return report;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Unpacks the wheels below a folder; their hashes are checked. */
async function fetchWheels(
  { requirements }: OneDnnWheels,
  work: string,
  { uv, python, signal }: { uv: boolean; python?: Python; signal?: AbortSignal },
): Promise<void> {
  const file = join(work, 'requirements.txt');
  writeFileSync(file, `${requirements.join('\n')}\n`);
  const common = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '-r', file];
  const options = { what: 'oneDNN', signal };
  if (uv) {
    const own = ['--no-progress', '--cache-dir', join(work, 'cache'), '--target', join(work, 'site')];
    const where = python ? ['--python', python.path] : [];
    await runPip('uv', ['pip', 'install', ...own, ...where, ...common], options);
    return;
  }
  const [temporary, wheels] = [join(work, 'tmp'), join(work, 'wheels')];
  for (const folder of [temporary, wheels]) mkdirSync(folder);
  const tool = python!.pip ? python!.path : await pipOfItsOwn(python!, work, options);
  // An install into a folder of its own would leave out the wheel's data, which the library is.
  await runPip(tool, ['-m', 'pip', 'download', '--no-cache-dir', '--dest', wheels, ...common], {
    ...options,
    env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  });
  for (const wheel of readdirSync(wheels))
    await runPip(tool, ['-c', UNPACK, join(wheels, wheel), join(work, 'site')], options);
}

/** A Python without pip can make an environment that has one. */
async function pipOfItsOwn(
  { path }: Python,
  work: string,
  options: { what: string; signal?: AbortSignal },
): Promise<string> {
  const folder = join(work, 'venv');
  await runPip(path, ['-m', 'venv', folder], options);
  return join(folder, 'bin', 'python');
}

/** Unpacks shared libraries of a wheel into one folder, by their names alone. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, folder = sys.argv[1:3]
os.makedirs(folder, exist_ok=True)
with zipfile.ZipFile(wheel) as archive:
    for info in archive.infolist():
        name = os.path.basename(info.filename)
        if name in ${JSON.stringify(KEPT)}:
            with archive.open(info) as source, open(os.path.join(folder, name), "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
`;

import { makeFolder } from '../../base/files.ts';

/** Copies the libraries out of what was unpacked, wherever the tool put them. */
function keep(work: string, lib: string): void {
  for (const entry of readdirSync(work, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() || !KEPT.includes(entry.name)) continue;
    const from = realpathSync(join(entry.parentPath ?? entry.path, entry.name));
    copyFileSync(from, join(lib, basename(entry.name)));
  }
  if (!existsSync(join(lib, ONEDNN_LIBRARY))) {
    throw new FacecomError('onednn-damaged', "oneDNN's wheel holds no library.", {
      expected: ONEDNN_LIBRARY,
      remedy: 'Check that the package index gives the genuine package.',
      exitCode: 2,
    });
  }
}
