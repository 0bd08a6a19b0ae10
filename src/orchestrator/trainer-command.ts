import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import type { Experiment } from '../spec/index.ts';

/** The command of an experiment's trainer: its own, or the built-in one, `[node, main.js, trainer]`. */
export function trainerCommand(config: Experiment, builtin: readonly string[]): readonly string[] {
  return config.trainer.command ?? builtin;
}

/** Throws FacecomError `trainer-missing` (exit code 2) where the program of a trainer's command, or the script that it runs, is not there. */
export function checkTrainer(command: readonly string[], cwd: string): void {
  const program = command[0]!;
  if (findProgram(program, cwd)) {
    checkScript(command, cwd);
    return;
  }
  throw new FacecomError('trainer-missing', `The trainer's program ${program} was not found.`, {
    found: `trainer.command: ${JSON.stringify(command)}`,
    expected: 'a program on PATH, or a path to one that may be executed',
    remedy: 'Correct trainer.command, or install the program.',
    exitCode: 2,
  });
}

const interpreters = /^(python[\d.]*|node|sh|bash|ruby|perl|Rscript|julia)$/;

/** `python3 train.py`: the most common mistake is to be in another folder. */
function checkScript(command: readonly string[], cwd: string): void {
  const [program, script] = command;
  if (!interpreters.test(basename(program!)) || !script || script.startsWith('-')) return;
  if (existsSync(resolve(cwd, script))) return;
  throw new FacecomError('trainer-missing', `The trainer's script ${script} was not found.`, {
    found: `trainer.command: ${JSON.stringify(command)}, started in ${cwd}`,
    expected: 'a file; relative paths are relative to the folder that facecom is started in',
    remedy: 'Correct trainer.command, or start facecom in the folder that its paths are relative to.',
    exitCode: 2,
  });
}

function findProgram(program: string, cwd: string): string | undefined {
  if (program.includes('/') || isAbsolute(program)) {
    const file = resolve(cwd, program);
    return isExecutable(file) ? file : undefined;
  }
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
