import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Python } from '../../python/index.ts';
import { type Progress, runPip, watchGrowth } from '../../python/index.ts';
import type { WheelPlan } from './wheels.ts';

export interface FetchOptions {
  plan: WheelPlan;
  /** Where the kept files go, laid out as pip does: `tensorflow/…`, `nvidia/<name>/lib/…`. */
  root: string;
  /** A folder for what is needed in between. */
  work: string;
  signal?: AbortSignal;
  progress?: (progress: Progress) => void;
}

/** Paths in a wheel that are needed at run time: the C API's libraries, CUDA's, and its assembler. */
export const KEPT =
  /^(tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)|nvidia\/\w+\/(lib|bin|nvvm\/libdevice)\/[^/]+)$/;

/** The libraries' own code does not depend on Python: any wheel of the release will do, so a widely built one is asked for. */
export const WHEEL_PYTHON = '3.12';

const UNPACK = `
import os, re, shutil, sys, zipfile
wheel, root, pattern = sys.argv[1:4]
try:
    with zipfile.ZipFile(wheel) as archive:
        kept = [i for i in archive.infolist() if re.match(pattern, i.filename) and ".." not in i.filename]
        print("TOTAL %d" % sum(i.file_size for i in kept), flush=True)
        for info in kept:
            path = os.path.join(root, *info.filename.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with archive.open(info) as source, open(path, "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            if (info.external_attr >> 16) & 0o111:
                os.chmod(path, 0o755)
except Exception as error:
    sys.exit("ERROR: " + str(error))
`;

import { makeFolder } from '../../base/files.ts';

/** Fetches the wheels with pip, one after another, and unpacks what is needed of each. */
export async function fetchWithPip(python: Python, options: FetchOptions): Promise<void> {
  const { plan, work } = options;
  const tool = python.pip ? python.path : await pipOfItsOwn(python, options);
  for (const requirement of plan.requirements) await fetchWheel(tool, requirement, options);
  rmSync(work, { recursive: true, force: true });
}

/** What pip and uv are given for a requirement: its hash can stand in a file only. */
export function requirementArgs(requirement: string, work: string): string[] {
  const file = join(work, 'requirements.txt');
  writeFileSync(file, `${requirement}\n`);
  return ['--require-hashes', '-r', file];
}

/** A Python without pip can make an environment that has one. */
async function pipOfItsOwn(python: Python, { work, signal }: FetchOptions): Promise<string> {
  const folder = join(work, 'venv');
  await runPip(python.path, ['-m', 'venv', folder], { what: 'pip', signal });
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

async function fetchWheel(python: string, requirement: string, options: FetchOptions): Promise<void> {
  const { plan, root, work, signal, progress } = options;
  const what = /^[\w-]+/.exec(requirement)![0];
  const [wheels, temporary] = [join(work, 'wheels'), join(work, 'tmp')];
  for (const folder of [root, wheels, temporary]) makeFolder(folder);
  const growth = watchGrowth(temporary, `fetching ${what}`, progress);
  const flags = [
    ...['--no-deps', '--no-cache-dir', '--only-binary=:all:', '--progress-bar', 'off'],
    ...[
      '--implementation',
      'cp',
      '--python-version',
      WHEEL_PYTHON,
      '--abi',
      `cp${WHEEL_PYTHON.replace('.', '')}`,
    ],
    ...plan.platforms.flatMap((platform) => ['--platform', platform]),
  ];
  try {
    await runPip(
      python,
      ['-m', 'pip', 'download', ...flags, '--dest', wheels, ...requirementArgs(requirement, work)],
      {
        what: requirement.split(' --hash')[0]!,
        signal,
        env: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
        onLine: (line) => {
          const size = /\((\d+(?:\.\d+)?) (kB|MB|GB)\)/.exec(line);
          if (size)
            growth.expect(Number(size[1]) * { kB: 1e3, MB: 1e6, GB: 1e9 }[size[2] as 'kB' | 'MB' | 'GB']);
        },
      },
    );
  } finally {
    growth.stop();
  }
  const wheel = join(wheels, readdirSync(wheels).find((name) => name.endsWith('.whl'))!);
  try {
    await unpack(python, wheel, what, options);
  } finally {
    rmSync(wheel, { force: true });
  }
}

async function unpack(
  python: string,
  wheel: string,
  what: string,
  { root, signal, progress }: FetchOptions,
): Promise<void> {
  const growth = watchGrowth(root, `unpacking ${what}`, progress);
  try {
    await runPip(python, ['-c', UNPACK, wheel, root, KEPT.source], {
      what: `the wheel of ${what}`,
      signal,
      onLine: (line) => {
        if (line.startsWith('TOTAL ')) growth.expect(Number(line.slice(6)));
      },
    });
  } finally {
    growth.stop();
  }
}
