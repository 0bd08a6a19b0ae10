import { Argument, Command } from 'commander';
import { scripts } from './scripts.ts';

/** `facecom completion SHELL`: the script that a shell reads. */
export function command(): Command {
  return new Command('completion')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => {
      process.stdout.write(scripts[shell]);
    });
}
