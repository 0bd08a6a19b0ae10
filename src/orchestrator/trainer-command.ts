import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { FacecomError } from '../errors.ts';
import type { Experiment } from '../spec/experiment.generated.ts';

/** The command of an experiment's trainer: its own, or the built-in one, `[node, main.js, trainer]`. */
export function trainerCommand(config: Experiment, builtin: readonly string[]): readonly string[] {
  return config.trainer.command ?? builtin;
}

/** Throws FacecomError `trainer-missing` (exit code 2) where the program of a trainer's command is not there. */
export function checkTrainer(command: readonly string[], cwd: string): void {
  const program = command[0]!;
  if (findProgram(program, cwd)) return;
  throw new FacecomError('trainer-missing', `The trainer's program ${program} was not found.`, {
    found: `trainer.command: ${JSON.stringify(command)}`,
    expected: 'a program on PATH, or a path to one that may be executed',
    remedy: 'Correct trainer.command, or install the program.',
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
