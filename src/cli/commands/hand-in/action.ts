import { shownPath } from '../../../base/format.ts';
import { handIn } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';

/** Writes the folder of a run and prints what is in it. */
export async function handInRun(
  text: string,
  { out, runs, json }: { out: string; runs: string; json?: boolean },
): Promise<void> {
  const found = await handIn(text, { out, runs });
  if (json) printJson(found);
  else
    process.stdout.write(
      `${found.files.length} files in ${shownPath(found.folder)}; README.md is the summary\n`,
    );
}
