import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { findPython } from '../../src/python/index.ts';

const python = await findPython();

/** For `{ skip }` of a test that needs Python with pip. */
export const withoutPython: string | false =
  python?.pip && python.venv ? false : 'Python 3.9 or newer with venv and pip is not installed';

/** For `{ skip }`: false if pip reaches its index, asked without anything of ours, so that a fault of ours is no reason to skip. */
export async function withoutIndex(): Promise<string | false> {
  if (withoutPython) return withoutPython;
  const folder = await mkdtemp(join(tmpdir(), 'facecom-test-'));
  const { exitCode } = await execa(
    python!.path,
    ['-m', 'pip', 'download', '--no-deps', '-q', '-d', folder, 'six'],
    {
      reject: false,
      timeout: 60_000,
    },
  );
  await rm(folder, { recursive: true, force: true });
  return exitCode === 0 ? false : 'the package index cannot be reached';
}

const TENSORFLOW = { name: 'tensorflow-cpu', version: '2.21.0', tag: 'cp312-cp312-manylinux_2_27_x86_64' };

/** Writes a wheel, of tensorflow-cpu where none is named, with these files, by their paths in it. Returns its path. */
export async function writeWheel(
  folder: string,
  files: Record<string, string>,
  { name: packageName, version, tag }: { name: string; version: string; tag: string } = TENSORFLOW,
): Promise<string> {
  const name = `${packageName.replaceAll('-', '_')}-${version}`;
  const wheel = join(folder, `${name}-${tag}.whl`);
  const all = {
    ...files,
    [`${name}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${packageName}\nVersion: ${version}\n`,
    [`${name}.dist-info/WHEEL`]: `Wheel-Version: 1.0\nTag: ${tag}\n`,
    [`${name}.dist-info/RECORD`]: '',
  };
  const script =
    'import json, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as z:\n  for k, v in json.loads(sys.argv[2]).items(): z.writestr(k, v)';
  await execa(python!.path, ['-c', script, wheel, JSON.stringify(all)]);
  return wheel;
}
