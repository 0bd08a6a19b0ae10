import { Command } from 'commander';
import { setOption } from '../../terminal/set-option.ts';

/** `facecom validate SPEC…`: every problem at its place. */
export function command(): Command {
  return new Command('validate')
    .argument('<SPEC...>', 'experiment files')
    .option('--fix', 'fix unambiguous mistakes in place')
    .addOption(setOption())
    .option('--json', 'print one JSON document')
    .action(async (specs: string[], options: ValidateOptions) => {
      const { validate } = await import('./action.ts');
      process.exitCode = await validate(specs, options);
    });
}

export interface ValidateOptions {
  fix?: boolean;
  set?: string[];
  json?: boolean;
}
