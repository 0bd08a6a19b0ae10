import { Command } from 'commander';
import { packageVersion } from '../base/folders.ts';
import { commands } from './commands.ts';
import { reportError } from './terminal/report-error.ts';

/**
 *   argv ─▶ name of the command ─▶ its file, loaded alone ─▶ commander ─▶ action
 *                                                                          │ throws FacecomError
 *                                                     reportError ◀────────┘ text, or JSON with --json; exit code
 */
async function main(argv: string[]): Promise<void> {
  const program = new Command('facecom')
    .description('Declarative experiments for multi-task face recognition.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .enablePositionalOptions()
    .showHelpAfterError('(facecom --help lists the commands)')
    .exitOverride((error) => {
      // A wrong command line is exit code 2; help and version are 0.
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  const asked = commands.find((entry) => entry.name === argv[2]);
  for (const entry of commands) {
    if (entry === asked) {
      const { command } = await entry.load();
      program.addCommand(command().copyInheritedSettings(program), { hidden: entry.hidden ?? false });
    } else {
      program.addCommand(new Command(entry.name).description(entry.summary), {
        hidden: entry.hidden ?? false,
      });
    }
  }
  await program.parseAsync(argv);
}

main(process.argv).catch((error: unknown) => {
  process.exitCode = reportError(error, process.argv.includes('--json'));
});
