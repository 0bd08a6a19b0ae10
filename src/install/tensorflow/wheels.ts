import { FacecomError } from '../../base/errors.ts';
import { isAtLeast } from '../../python/index.ts';

export type Kind = 'cpu' | 'cuda';

/** The release whose C API and kernels the program is tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

/**
 * SHA-256 of the release's wheels for Python 3.12 on PyPI, by package and machine: an index or a mirror that gives another file is
 * refused before anything of it is unpacked, let alone loaded.
 */
const HASHES: Readonly<Record<string, string>> = {
  'tensorflow-cpu x86_64': 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  'tensorflow x86_64': 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  'tensorflow aarch64': 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
  'tensorflow arm64': '56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712',
};

/** The machine that a wheel must fit. */
export interface Machine {
  platform: string;
  arch: string;
  /** Version of glibc; undefined if the C library is another one. */
  glibc?: string;
}

export interface WheelPlan {
  kind: Kind;
  version: string;
  /** Name of the package on the index. */
  package: string;
  /** Of the wheel, hexadecimal. */
  sha256: string;
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

/** Which wheel of PyPI fits a machine. Throws FacecomError `tensorflow-platform` if there is none with the C API. */
export function planWheels(kind: Kind, machine: Machine = thisMachine()): WheelPlan {
  const plan = { kind, version: TENSORFLOW_VERSION, ...SIZES[kind] };
  const { platform, arch, glibc } = machine;
  if (platform === 'linux') {
    if (!glibc) throw unsupported('a Linux without glibc', 'Use a distribution with glibc, such as Debian.');
    if (!isAtLeast(glibc, OLDEST_GLIBC))
      throw unsupported(`glibc ${glibc}`, `Use a distribution with glibc ${OLDEST_GLIBC} or newer.`);
    const name = { x64: 'x86_64', arm64: 'aarch64' }[arch];
    if (name && (kind === 'cpu' || arch === 'x64')) {
      const wheel = kind === 'cpu' && arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
      return {
        ...plan,
        package: wheel,
        sha256: HASHES[`${wheel} ${name}`]!,
        platforms: [`manylinux_2_27_${name}`, `manylinux_2_17_${name}`, `manylinux2014_${name}`],
        uvPlatform: `${name}-manylinux_2_28`,
      };
    }
  }
  if (platform === 'darwin' && arch === 'arm64' && kind === 'cpu') {
    const platforms = ['macosx_12_0_arm64'];
    const sha256 = HASHES['tensorflow arm64']!;
    return { ...plan, package: 'tensorflow', sha256, platforms, uvPlatform: 'aarch64-apple-darwin' };
  }
  const hint =
    platform === 'win32' ? 'Use WSL 2, where the Linux wheel works, or resources.backend wasm.' : '';
  throw unsupported(`${platform} on ${arch}${kind === 'cuda' ? ' with CUDA' : ''}`, hint);
}

function unsupported(found: string, remedy: string): FacecomError {
  return new FacecomError('tensorflow-platform', 'There is no native TensorFlow wheel for this machine.', {
    found,
    expected: `Linux on x64 or arm64 with glibc ${OLDEST_GLIBC} or newer, or macOS on Apple silicon; CUDA on Linux x64`,
    remedy: remedy || 'Set resources.backend to wasm, or to webgpu if there is a GPU.',
    exitCode: 2,
  });
}
