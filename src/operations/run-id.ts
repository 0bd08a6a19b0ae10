import { basename, dirname } from 'node:path';

/** `name/trial-attempt` of a run folder. */
export const runIdOf = (dir: string): string => `${basename(dirname(dir))}/${basename(dir)}`;
