import { FacecomError } from '../../base/errors.ts';
import { isAtLeast } from '../../python/index.ts';

export type Kind = 'cpu' | 'cuda';

/** The release whose C API and kernels the program is tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

/** The machine that a wheel must fit. */
export interface Machine {
  platform: string;
  arch: string;
  /** Version of glibc; undefined where the C library is another one. */
  glibc?: string;
}

export interface WheelPlan {
  kind: Kind;
  version: string;
  /** Name of the package on the index. */
  package: string;
  /** Platform tags, as `pip --platform` takes them, newest first. */
  platforms: string[];
  /** As `uv --python-platform` takes it. */
  uvPlatform: string;
  /** Bytes, about: what is fetched, what is kept, and what the disk must hold in between. */
  fetched: number;
  kept: number;
  peak: number;
}

const GB = 1e9;
const SIZES = {
  cpu: { fetched: 0.28 * GB, kept: 0.86 * GB, peak: 1.25 * GB },
  cuda: { fetched: 3.4 * GB, kept: 5.7 * GB, peak: 6.7 * GB },
};

const OLDEST_GLIBC = '2.27';

export function thisMachine(): Machine {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch };
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { platform, arch, ...(header.glibcVersionRuntime ? { glibc: header.glibcVersionRuntime } : {}) };
}

/** Which wheel of PyPI fits a machine. Throws FacecomError `tensorflow-platform` where there is none with the C API. */
export function planWheels(kind: Kind, machine: Machine = thisMachine()): WheelPlan {
  const plan = { kind, version: TENSORFLOW_VERSION, ...SIZES[kind] };
  const { platform, arch, glibc } = machine;
  if (platform === 'linux') {
    if (!glibc) throw unsupported('a Linux without glibc', 'Use a distribution with glibc, such as Debian.');
    if (!isAtLeast(glibc, OLDEST_GLIBC))
      throw unsupported(`glibc ${glibc}`, `Use a distribution with glibc ${OLDEST_GLIBC} or newer.`);
    const name = { x64: 'x86_64', arm64: 'aarch64' }[arch];
    if (name && (kind === 'cpu' || arch === 'x64')) {
      return {
        ...plan,
        package: kind === 'cpu' && arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow',
        platforms: [`manylinux_2_27_${name}`, `manylinux_2_17_${name}`, `manylinux2014_${name}`],
        uvPlatform: `${name}-manylinux_2_28`,
      };
    }
  }
  if (platform === 'darwin' && arch === 'arm64' && kind === 'cpu') {
    const platforms = ['macosx_12_0_arm64'];
    return { ...plan, package: 'tensorflow', platforms, uvPlatform: 'aarch64-apple-darwin' };
  }
  const hint =
    platform === 'win32' ? 'Use WSL 2, where the Linux wheel works, or resources.backend wasm.' : '';
  throw unsupported(`${platform} on ${arch}${kind === 'cuda' ? ' with CUDA' : ''}`, hint);
}

function unsupported(found: string, remedy: string): FacecomError {
  return new FacecomError('tensorflow-platform', 'There is no native TensorFlow wheel for this machine.', {
    found,
    expected: `Linux on x64 or arm64 with glibc ${OLDEST_GLIBC} or newer, or macOS on Apple silicon; CUDA on Linux x64`,
    remedy: remedy || 'Set resources.backend to wasm, or to webgpu where there is a GPU.',
    exitCode: 2,
  });
}
