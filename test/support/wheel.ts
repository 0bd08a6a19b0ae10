import { join } from 'node:path';
import { execa } from 'execa';
import { findPython } from '../../src/python/index.ts';

const python = await findPython();

/** For `{ skip }` of a test that needs Python with pip. */
export const withoutPython: string | false =
  python?.pip && python.venv ? false : 'Python 3.9 or newer with venv and pip is not installed';

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
