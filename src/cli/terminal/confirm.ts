import { createInterface } from 'node:readline/promises';
import { interrupted } from '../../base/interrupt.ts';

/** Asks on the terminal, and takes nothing else than y for yes; no where nobody can be asked. */
export const confirm = async (question: string): Promise<boolean> =>
  /^y(?:es)?$/i.test((await ask(`${question} [y/N] `)) ?? '');

/**
 * What is answered on the terminal; undefined where nobody can be asked, and for an end of the input (Ctrl-D). Throws FacecomError
 * `interrupted` for Ctrl-C.
 */
export async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      terminal.once('SIGINT', () => reject(interrupted()));
      // The question itself stays without an answer then.
      terminal.once('close', () => resolve(undefined));
      terminal.question(question).then((answer) => resolve(answer.trim()), reject);
    });
  } finally {
    terminal.close();
  }
}
