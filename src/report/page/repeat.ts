import type { RunRecord } from '../../record/index.ts';
import { card } from './document.ts';
import { type Html, html } from './html.ts';

/** The commands that made the run, and that make it again. */
export function repeatCard({ id, environment }: RunRecord): Html {
  const { argv, cwd, git } = environment;
  const again = [
    ...(cwd === undefined ? [] : [`cd ${shellWord(cwd)}`]),
    ...(git?.commit && git.dirty !== true ? [`git checkout ${shellWord(git.commit)}`] : []),
    `facecom run ${shellWord(id)}`,
  ];
  return card(
    'Repeat it',
    html`${argv && argv.length > 0 && html`<p class="muted">Made by</p><pre>${commandOf(argv)}</pre>`}<p class="muted">Again, with the same config, seed and data${
      git?.dirty === true && ' (there were local changes: they are in changes.diff of the run folder)'
    }</p><pre>${again.join('\n')}</pre>`,
  );
}

/** The command line; the program's name stands before it. */
function commandOf(argv: readonly string[]): string {
  const words = argv.map(shellWord).join(' ');
  return argv[0] === 'facecom' ? words : `facecom ${words}`;
}

/** As it would be typed. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
