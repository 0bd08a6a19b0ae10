import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cpuInfo } from '../../base/cpu-info.ts';
import { FacecomError } from '../../base/errors.ts';
import { type Machine, thisMachine } from '../tensorflow/wheels.ts';

export interface OneDnnWheels {
  /** Lines of a requirements file, each with the hash of its one wheel. */
  requirements: string[];
  /** Bytes, about: what is fetched, what is kept, and what the disk must hold in between. */
  fetched: number;
  kept: number;
  peak: number;
}

/** The wheel whose threads are GCC's. */
const GOMP =
  'onednn-cpu-gomp==2023.2.0 --hash=sha256:2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb';

/** The wheel whose threads are Intel's, and those threads with what else Intel's compiler needs: for a machine without libgomp. */
const IOMP = [
  'onednn-cpu-iomp==2023.2.0 --hash=sha256:7c53517b801ee09254d3cf267786cdd5748fbd7e85123e840801255c5eac56b8',
  'intel-openmp==2023.2.0 --hash=sha256:5a604c4c9413640074b22bd444dbf27979ebb9c4fd0344a81f003f392171e56e',
  'intel-cmplr-lib-rt==2023.2.0 --hash=sha256:f2291fbd870639dfff0e6eb583fbb5668138f000139716c2e692b90ba5ae5c7c',
];

/** Which wheels of PyPI fit a machine. Throws FacecomError `onednn-platform` if there are none. */
export function planOneDnn(
  machine: Machine = thisMachine(),
  hasGomp: boolean = isInstalled('libgomp.so.1'),
): OneDnnWheels {
  const { platform, arch, glibc } = machine;
  if (platform !== 'linux' || arch !== 'x64' || !glibc) {
    throw new FacecomError('onednn-platform', 'There is no oneDNN wheel for this machine.', {
      found: `${platform} on ${arch}${platform === 'linux' && !glibc ? ' without glibc' : ''}`,
      expected: 'Linux on x64 with glibc',
      remedy: 'Set resources.backend to auto or tensorflow.',
      exitCode: 2,
    });
  }
  return hasGomp
    ? { requirements: [GOMP], fetched: 39e6, kept: 65e6, peak: 250e6 }
    : { requirements: IOMP, fetched: 108e6, kept: 101e6, peak: 600e6 };
}

/** Why oneDNN cannot compute on this machine, as far as can be told without it; undefined if nothing speaks against it. */
export function oneDnnUnfit(
  machine: Machine = thisMachine(),
  flags: string = cpuInfo('flags'),
): string | undefined {
  const { platform, arch } = machine;
  if (platform !== 'linux' || arch !== 'x64') return `${platform} on ${arch}`;
  if (process.env.FACECOM_ONEDNN_DIR === undefined && !machine.glibc) return 'a Linux without glibc';
  return flags === '' || /\bavx2\b/.test(flags) ? undefined : 'the processor has no AVX2';
}

/** Whether the system has a shared library, by where loaders look. */
function isInstalled(name: string): boolean {
  const named = (process.env.LD_LIBRARY_PATH ?? '').split(delimiter).filter(Boolean);
  const system = [
    '/lib/x86_64-linux-gnu',
    '/usr/lib/x86_64-linux-gnu',
    '/lib64',
    '/usr/lib64',
    '/usr/lib',
    '/lib',
  ];
  return [...named, ...system].some((folder) => existsSync(join(folder, name)));
}
