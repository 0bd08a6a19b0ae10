import { existsSync } from 'node:fs';

/** The python of a virtual environment with these requirements (pinned, as pip writes them). */
export async function pythonEnvironment(
  name: string,
  requirements: readonly string[],
  note: (text: string) => void,
): Promise<string> {
  const given = process.env.FACECOM_BENCH_PYTHON;
  if (given) {
    if (!existsSync(given)) throw new Error(`FACECOM_BENCH_PYTHON names ${given}, which is not there.`);
    return given;
  }
  const { ensureVenv } = await import('../../src/python/index.ts');
  note(`python environment ${name}: ${requirements.join(', ')}`);
  return ensureVenv(name, [...requirements], {});
}
