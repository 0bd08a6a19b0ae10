import { join } from 'node:path';
import { expandTrials, isEdited, searchOutlook, stop, sweepEdit } from '../../../operations/index.ts';
import { lockHolder } from '../../../record/index.ts';
import type { ResolvedExperiment } from '../../../spec/index.ts';
import { confirm } from '../../terminal/confirm.ts';
import { describeEdit } from '../../terminal/edit-plan.ts';
import type { SweepOptions } from './command.ts';

/**
 * An edited spec whose sweep runs: shows what changes and, with `--yes` or a key, has the sweep save and end. Returns whether to continue:
 * false if the edit was not wanted.
 */
export async function applyEdit(
  spec: ResolvedExperiment,
  { runs, yes }: SweepOptions,
  note: (line: string) => void,
): Promise<boolean> {
  const { name } = spec.config;
  // Only what runs has to be asked about; of what does not the sweep itself says what it leaves.
  if (!lockHolder(join(runs, name))) return true;
  const expanded = await expandTrials(spec, { runs });
  // One that the search cannot continue with is refused before anything is stopped.
  const trials = searchOutlook(spec, expanded, runs)?.trials ?? expanded.trials;
  const edit = sweepEdit(spec, trials, runs);
  if (!edit || !isEdited(edit)) return true;
  note(describeEdit(edit));
  if (!yes && !(await confirm('Apply it?'))) {
    note('Nothing was changed. Apply it with --yes.');
    return false;
  }
  await stop(name, { runs, note });
  return true;
}
