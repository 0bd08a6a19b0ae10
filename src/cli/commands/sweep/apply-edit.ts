import { join } from 'node:path';
import { expandTrials, isEdited, searchOutlook, stop, sweepEdit } from '../../../operations/index.ts';
import { lockHolder } from '../../../record/index.ts';
import type { ResolvedExperiment } from '../../../spec/index.ts';
import { ask } from '../../terminal/confirm.ts';
import { describeEdit } from '../../terminal/edit-plan.ts';
import type { SweepOptions } from './command.ts';

/**
 * An edited spec whose sweep runs: shows what changes and, with `--yes` or a key, has the sweep save and end. Returns whether to continue,
 * and whether vanished trials that were begun are finished; undefined if the edit was not wanted.
 */
export async function applyEdit(
  spec: ResolvedExperiment,
  { runs, yes = false, keepBegun = false }: SweepOptions,
  note: (line: string) => void,
): Promise<{ keepBegun: boolean } | undefined> {
  const { name } = spec.config;
  // Only what runs has to be asked about; of what does not the sweep itself says what it leaves.
  if (!lockHolder(join(runs, name))) return { keepBegun };
  const expanded = await expandTrials(spec, { runs });
  // One that the search cannot continue with is refused before anything is stopped.
  const trials = searchOutlook(spec, expanded, runs)?.trials ?? expanded.trials;
  const edit = sweepEdit(spec, trials, runs);
  if (!edit || !isEdited(edit)) return { keepBegun };
  note(describeEdit(edit));
  const answer = yes ? 'y' : await question(edit.vanished.length > 0 && !keepBegun);
  if (!/^(?:y|yes|k)$/i.test(answer)) {
    note('Nothing was changed. Apply it with --yes.');
    return undefined;
  }
  await stop(name, { runs, note });
  return { keepBegun: keepBegun || /^k$/i.test(answer) };
}

const question = async (vanished: boolean): Promise<string> =>
  (await ask(
    vanished ? 'Apply it? [y/N, or k: and finish the vanished that were begun] ' : 'Apply it? [y/N] ',
  )) ?? '';
