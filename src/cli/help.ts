import type { CommandEntry } from './commands.ts';

/** What the help of the program ends with. */
export const mainFooter = `
Examples:
  facecom run experiments/baseline.yaml
  facecom sweep experiments/loss-weights.yaml --dry-run
  facecom evaluate last --conditions all

Exit codes:
  0  done
  1  the run, or every trial, failed
  2  the command, the experiment or the data is wrong; nothing was launched
  3  some trials, or some images, failed
  130  interrupted; it can be resumed

A run is named by its folder, name/trial-attempt, the first characters of its trial, the name of its experiment, or \`last\`.
facecom COMMAND --help describes a command.
Documentation: README.md and docs/ of the package.
`;

/** What the help of a command ends with. */
export function footer({ examples = [] }: CommandEntry): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}\n`;
}

/** What Hydra's habits are called here, added to an error of the command line: `path=value` without `--set`. */
export function hintFor(error: string, argv: readonly string[], command: string | undefined): string {
  if (!/too many arguments|unknown option/.test(error) || command === undefined) return '';
  const override = argv.slice(3).find((word) => /^[+~]*[a-z][\w.[\]]*=/i.test(word));
  if (override === undefined) return '';
  const [path, value = ''] = override.replace(/^[+~]+/, '').split(/=(.*)/s);
  return /^[^,[{]+(?:,[^,]+)+$/.test(value)
    ? `Several values are a sweep: facecom sweep SPEC --axis ${path}=${value}\n`
    : `A key is changed with --set: facecom ${command} SPEC --set ${path}=${value}\n`;
}
