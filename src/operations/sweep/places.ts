import {
  type Guard,
  LocalLauncher,
  type Place,
  type Slot,
  StandbyLauncher,
  trainerEnvironment,
} from '../../orchestrator/index.ts';
import type { Prepared } from '../prepare.ts';
import type { Undoing } from '../undoing.ts';

/** The slots with what starts their trainers: the built-in one stands by for the next trial. */
export function makePlaces(
  slots: readonly Slot[],
  { command, builtin }: Prepared,
  { cwd, guard, undoing }: { cwd: string; guard: Guard; undoing: Undoing },
): Place[] {
  return slots.map((slot) => {
    if (!builtin) return { slot, launcher: new LocalLauncher(guard) };
    const launcher = new StandbyLauncher({
      command: [...command, '--standby'],
      env: trainerEnvironment(slot),
      cwd,
      guard,
    });
    undoing.add(() => launcher.close());
    return { slot, launcher };
  });
}
