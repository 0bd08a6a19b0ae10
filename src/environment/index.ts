export { formatBytes, freeBytes } from './disk.ts';
export type { Progress } from './pip.ts';
export { findPython, findUv, type Python } from './python.ts';
export { ensureVenv, hasVenv, type VenvOptions, venvPython } from './venv.ts';
