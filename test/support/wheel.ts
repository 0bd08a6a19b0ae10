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

/** Writes a wheel of tensorflow-cpu with these files, by their paths in it. */
export async function writeWheel(folder: string, files: Record<string, string>): Promise<string> {
  const name = 'tensorflow_cpu-2.21.0';
  const wheel = join(folder, `${name}-cp312-cp312-manylinux_2_27_x86_64.whl`);
  const all = {
    ...files,
    [`${name}.dist-info/METADATA`]: 'Metadata-Version: 2.1\nName: tensorflow-cpu\nVersion: 2.21.0\n',
    [`${name}.dist-info/WHEEL`]: 'Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_27_x86_64\n',
    [`${name}.dist-info/RECORD`]: '',
  };
  const script =
    'import json, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as z:\n  for k, v in json.loads(sys.argv[2]).items(): z.writestr(k, v)';
  await execa(python!.path, ['-c', script, wheel, JSON.stringify(all)]);
  return wheel;
}
