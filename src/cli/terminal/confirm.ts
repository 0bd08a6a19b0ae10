import { createInterface } from 'node:readline/promises';

/** Asks on the terminal, and takes nothing else than y for yes; no where nobody can be asked. */
export const confirm = async (question: string): Promise<boolean> =>
  /^y(?:es)?$/i.test((await ask(`${question} [y/N] `)) ?? '');

/** What is answered on the terminal; undefined where nobody can be asked. */
export async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
