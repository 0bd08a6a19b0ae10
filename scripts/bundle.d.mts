import type { BuildOptions } from 'esbuild';

export const options: BuildOptions;
export function bundleProgram(folder: string): Promise<void>;
