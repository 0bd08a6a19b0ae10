import { withoutSecrets } from './secrets.ts';

let given: string[] | undefined;

/** Told by the program what it was started with, without the interpreter and the script. */
export function setCommandLine(args: readonly string[]): void {
  given = args.map((arg) => withoutSecrets(arg));
}

/** Program and arguments of this command, keys and passwords masked; undefined if facecom is used as a library. */
export const commandLine = (): string[] | undefined => given && ['facecom', ...given];
