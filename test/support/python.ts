import { spawnSync } from 'node:child_process';

/** A Python with packages that tests compare with: FACECOM_TEST_PYTHON, else the first on the path. */
export const testPython = process.env.FACECOM_TEST_PYTHON ?? 'python3';

/** For `{ skip }` of a test that needs a package of Python: false if it can be imported, else why the test is left out. */
export function withoutPackage(name: string): string | false {
  const { status } = spawnSync(testPython, [
    '-c',
    `import importlib.util, sys; sys.exit(importlib.util.find_spec("${name}") is None)`,
  ]);
  return status === 0 ? false : `no Python with ${name}: name one with FACECOM_TEST_PYTHON`;
}
