import { Command } from 'commander';

/** `facecom complete -- WORD…`: what may stand in place of the last word. Called by completion scripts. */
export function command(): Command {
  return new Command('complete').argument('[WORDS...]').action(async (words: string[]) => {
    const { candidates } = await import('./candidates.ts');
    process.stdout.write((await candidates(words)).map((line) => `${line}\n`).join(''));
  });
}
