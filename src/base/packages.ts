import { createRequire } from 'node:module';
import { FacecomError } from './errors.ts';
import { cacheFolder, packageFolder } from './folders.ts';

const require = createRequire(import.meta.url);

/** Whether a file of a package is there, as this program would load it. */
export function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    // A package that keeps its files to itself is there.
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND';
  }
}

/** Throws FacecomError `package-incomplete` if one of the packages that facecom loads when it needs them is not there. */
export function requirePackages(...names: string[]): void {
  const name = names.find((one) => !isInstalled(one));
  if (name !== undefined) throw packageIncomplete(name);
}

/** The error of a package that facecom is missing, from what Node said; undefined if it said something else, or of another's module. */
export function missingPackage(text: string): FacecomError | undefined {
  const found = /Cannot find (?:package|module) '([^']+)' imported from (\S+)/.exec(text);
  if (!found) return undefined;
  const [, name, by] = found;
  return [packageFolder(), cacheFolder()].some((folder) => by!.startsWith(folder))
    ? packageIncomplete(name!)
    : undefined;
}

const packageIncomplete = (name: string): FacecomError =>
  new FacecomError(
    'package-incomplete',
    `facecom is not installed completely: its package ${name} is missing.`,
    {
      expected: `${name} in ${packageFolder()}/node_modules, or above it`,
      remedy: 'Install facecom again (in a checkout: `npm ci`), or wait for an installation that is at work.',
      exitCode: 2,
    },
  );
