import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  Guard,
  LocalLauncher,
  type Outcome,
  type Slot,
  supervise,
  trainerCommand,
  trainerEnvironment,
} from '../orchestrator/index.ts';
import { createRunFolder, type Environment, type Event, readEvents } from '../record/index.ts';
import type { Experiment } from '../spec/index.ts';
import { builtinTrainer } from './prepare.ts';
import type { Signals } from './reporter.ts';

export interface AsideOptions {
  config: Experiment;
  environment: Environment;
  slot: Slot;
  /** What relative paths of the trainer are relative to. */
  cwd: string;
  signals: Signals;
  /** Stop the built-in trainer after so many optimizer steps. */
  steps?: number;
  /** Told the number of the trainer's process while it runs, four times a second. */
  look?: (pid: number) => void;
  onEvent?: (event: Event) => void;
}

export interface Aside {
  /** The run folder, there until `use` has ended. */
  dir: string;
  events: Event[];
  /** `stopped` also if its steps were done. */
  outcome: Outcome;
}

/**
 * Trains in a folder of its own that is removed afterwards: nothing of it becomes part of the record. The built-in trainer reports every
 * step. Returns what `use` makes of it.
 */
export async function trainAside<T>(
  options: AsideOptions,
  use: (aside: Aside) => T | Promise<T>,
): Promise<T> {
  const { config, environment, slot, cwd, signals, look } = options;
  const folder = mkdtempSync(join(tmpdir(), 'facecom-aside-'));
  const guard = new Guard(config.resources.grace);
  let timer: NodeJS.Timeout | undefined;
  try {
    const dir = createRunFolder(
      { runs: folder, name: config.name, trial: 'aside' },
      { config, spec: JSON.stringify(config), origins: {}, environment },
    );
    const launcher = new LocalLauncher(guard);
    const outcome = await supervise({
      runDir: dir,
      start: () => {
        const handle = launcher.start({
          runDir: resolve(dir),
          command: commandOf(options),
          env: trainerEnvironment(slot),
          cwd,
        });
        if (look && handle.pid !== undefined) timer = setInterval(look, 250, handle.pid);
        return handle;
      },
      started: { launcher: launcher.name, devices: slot.devices, attempt: 1, threads: slot.threads },
      ...signals,
      ...(options.onEvent ? { onEvent: options.onEvent } : {}),
      grace: config.resources.grace,
    });
    const events = readEvents(dir);
    return await use({ dir, events, outcome: endOf(outcome, events) });
  } finally {
    clearInterval(timer);
    guard.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function commandOf({ config, steps }: AsideOptions): readonly string[] {
  if (config.trainer.command !== undefined) return trainerCommand(config, builtinTrainer());
  return [...builtinTrainer(), '--every-step', ...(steps === undefined ? [] : ['--steps', String(steps)])];
}

/** One that stopped by itself has done its steps; nobody had asked its process to. */
function endOf(outcome: Outcome, events: readonly Event[]): Outcome {
  const stopped = events.at(-1)?.type === 'stopped';
  return outcome.status === 'failed' && outcome.failure.class === 'interrupted' && stopped
    ? { status: 'stopped' }
    : outcome;
}

/** The last lines of a trainer's log, for a message. */
export function endOfLog(dir: string, lines = 5): string {
  try {
    return readFileSync(join(dir, 'log.txt'), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
