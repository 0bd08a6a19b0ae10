import { Command } from 'commander';
import { setCommandLine } from '../base/command-line.ts';
import { packageVersion } from '../base/folders.ts';
import { commands } from './commands.ts';
import { footer, hintFor, mainFooter } from './help.ts';
import { handleFirstSignals } from './terminal/first-signals.ts';
import { reportError } from './terminal/report-error.ts';
import { guardStreams } from './terminal/streams.ts';

/**
 *   argv ─▶ name of the command ─▶ its folder, loaded alone ─▶ commander ─▶ action
 *                                                                           │ throws FacecomError
 *                                                      reportError ◀────────┘ text, or JSON with --json; exit code
 */
async function main(argv: string[]): Promise<void> {
  const asked = commands.find((entry) => entry.name === argv[2]);
  guardStreams({ works: asked?.works === true && !argv.includes('--dry-run') });
  handleFirstSignals();
  setCommandLine(argv.slice(2));
  const program = new Command('facecom')
    .description('Declarative experiments for multi-task face recognition.')
    .usage('COMMAND [options]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .showHelpAfterError(
      asked ? `(facecom ${asked.name} --help describes it)` : '(facecom --help lists the commands)',
    )
    .configureOutput({ outputError: (text, write) => write(text + hintFor(text, argv, asked?.name)) })
    .addHelpText('after', mainFooter)
    .exitOverride((error) => {
      // A wrong command line is exit code 2; help and version are 0.
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  program.helpCommand(false);
  for (const entry of commands) {
    const command = entry === asked ? (await entry.load()).command() : new Command(entry.name);
    command.description(entry.description);
    if (entry === asked) command.copyInheritedSettings(program).addHelpText('after', footer(entry));
    if (entry.group) command.helpGroup(entry.group);
    program.addCommand(command, { hidden: entry.group === undefined });
  }
  await program.parseAsync(argv);
}

main(process.argv).catch((error: unknown) => {
  process.exitCode = reportError(error, process.argv.includes('--json'));
});
