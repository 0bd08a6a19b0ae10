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

/** The CUDA libraries of the release's extra `and-cuda`, by their wheels for Linux on x64; raised together with the release. */
const CUDA: readonly string[] = [
  'nvidia-cublas-cu12==12.9.3.13 --hash=sha256:d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  'nvidia-cuda-cupti-cu12==12.8.90 --hash=sha256:ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
  'nvidia-cuda-nvcc-cu12==12.9.86 --hash=sha256:5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  'nvidia-cuda-nvrtc-cu12==12.9.86 --hash=sha256:210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  'nvidia-cuda-runtime-cu12==12.9.79 --hash=sha256:25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  'nvidia-cudnn-cu12==9.28.0.42 --hash=sha256:9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  'nvidia-cufft-cu12==11.4.1.4 --hash=sha256:c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  'nvidia-curand-cu12==10.3.10.19 --hash=sha256:49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  'nvidia-cusolver-cu12==11.7.5.82 --hash=sha256:15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  'nvidia-cusparse-cu12==12.5.10.65 --hash=sha256:73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  'nvidia-nccl-cu12==2.32.3 --hash=sha256:bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  'nvidia-nvjitlink-cu12==12.9.86 --hash=sha256:e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
];

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
  /** The wheels that are fetched, TensorFlow's first: lines of a requirements file, each with the hash of its one wheel. */
  requirements: string[];
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
        requirements: [pinned(wheel, name), ...(kind === 'cuda' ? CUDA : [])],
        platforms: [`manylinux_2_27_${name}`, `manylinux_2_17_${name}`, `manylinux2014_${name}`],
        uvPlatform: `${name}-manylinux_2_28`,
      };
    }
  }
  if (platform === 'darwin' && arch === 'arm64' && kind === 'cpu') {
    const platforms = ['macosx_12_0_arm64'];
    const requirements = [pinned('tensorflow', 'arm64')];
    return { ...plan, package: 'tensorflow', requirements, platforms, uvPlatform: 'aarch64-apple-darwin' };
  }
  const hint =
    platform === 'win32' ? 'Use WSL 2, where the Linux wheel works, or resources.backend wasm.' : '';
  throw unsupported(`${platform} on ${arch}${kind === 'cuda' ? ' with CUDA' : ''}`, hint);
}

const pinned = (name: string, machine: string): string =>
  `${name}==${TENSORFLOW_VERSION} --hash=sha256:${HASHES[`${name} ${machine}`]}`;

function unsupported(found: string, remedy: string): FacecomError {
  return new FacecomError('tensorflow-platform', 'There is no native TensorFlow wheel for this machine.', {
    found,
    expected: `Linux on x64 or arm64 with glibc ${OLDEST_GLIBC} or newer, or macOS on Apple silicon; CUDA on Linux x64`,
    remedy: remedy || 'Set resources.backend to wasm, or to webgpu if there is a GPU.',
    exitCode: 2,
  });
}
