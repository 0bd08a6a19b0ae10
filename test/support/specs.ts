import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  inspectExperiment,
  type Problem,
  type ResolvedExperiment,
  readExperiment,
  SpecError,
} from '../../src/spec/index.ts';
import { type ExpandOptions, type Expansion, expandSweep } from '../../src/sweep/index.ts';
import { temporaryFolder } from './program.ts';

/** A temporary folder with these files. */
export async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

interface Options {
  set?: string[];
  env?: Record<string, string>;
}

/** What is wrong with a spec, its sweep's trials included. */
export async function problemsOf(
  t: TestContext,
  text: string | Record<string, string>,
  options: Options = {},
): Promise<Problem[]> {
  const files = typeof text === 'string' ? { 'spec.yaml': text } : text;
  const cwd = await folderWith(t, files);
  const { problems, resolved } = await inspectExperiment('spec.yaml', { cwd, env: {}, ...options });
  if (problems.length > 0 || !resolved) return problems;
  try {
    expandSweep(resolved);
    return [];
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
}

/** `code@line:column` of each problem. */
export async function places(
  t: TestContext,
  text: string | Record<string, string>,
  options: Options = {},
): Promise<string[]> {
  return (await problemsOf(t, text, options)).map(
    ({ code, file, line, column }) => `${file === 'spec.yaml' ? '' : `${file} `}${code}@${line}:${column}`,
  );
}

export async function read(
  t: TestContext,
  text: string | Record<string, string>,
  options: Options = {},
): Promise<ResolvedExperiment> {
  const files = typeof text === 'string' ? { 'spec.yaml': text } : text;
  return readExperiment('spec.yaml', { cwd: await folderWith(t, files), env: {}, ...options });
}

export async function expand(t: TestContext, text: string, options: ExpandOptions = {}): Promise<Expansion> {
  return expandSweep(await read(t, text), options);
}
