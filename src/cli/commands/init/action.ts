import { writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { makeFolder } from '../../../base/files.ts';
import { packageFolder } from '../../../base/folders.ts';
import { commentedSpec } from '../../../spec/index.ts';

/** Writes a commented spec. Returns the exit code; throws FacecomError `init-exists` and `init-write`. */
export async function init(file: string, { json }: { json?: boolean }): Promise<number> {
  const path = resolve(file);
  const text = commentedSpec({ name: nameOf(path), schema: schemaReference(path) });
  try {
    makeFolder(dirname(path));
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'EISDIR')
      throw new FacecomError('init-exists', `${file} is there already, and nothing is overwritten.`, {
        found: file,
        expected: 'a new file',
        remedy: 'Give another name: facecom init FILE.',
        exitCode: 2,
      });
    throw new FacecomError('init-write', `${file} cannot be written: ${(error as Error).message}`, {
      found: file,
      remedy: 'Choose a folder that you may write.',
      exitCode: 2,
      cause: error,
    });
  }
  if (json) process.stdout.write(`${JSON.stringify({ file })}\n`);
  else
    process.stdout.write(
      `Wrote ${file}.\nCheck it: facecom validate ${file}\nTrain it: facecom run ${file}\n`,
    );
  return 0;
}

/** The file's name as a name of an experiment. */
function nameOf(path: string): string {
  const stem = basename(path, extname(path)).replace(/[^A-Za-z0-9._-]+/g, '-');
  return /^[A-Za-z0-9]/.test(stem) ? stem.slice(0, 100) : `experiment${stem}`.slice(0, 100);
}

/** The schema as an editor finds it from the file: relative where the package lies beside or above it. */
function schemaReference(path: string): string {
  const schema = join(packageFolder(), 'schemas', 'experiment.schema.json');
  const short = relative(dirname(path), schema).replaceAll('\\', '/');
  return /^(?:\.\.\/){3}/.test(short) ? schema : short.startsWith('.') ? short : `./${short}`;
}
