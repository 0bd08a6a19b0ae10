import type { ChildProcess } from 'node:child_process';
import { sendSignal } from '../../base/process.ts';
import { expectStart, type RunMessage, type StandbyMessage } from '../../record/index.ts';
import type { Leftovers } from '../strays.ts';
import type { Exit, Handle, Job } from './launcher.ts';

/** A trainer that takes its runs over a channel. */
export interface Standby {
  child: ChildProcess;
  leftovers: Leftovers;
  exited: Promise<Exit>;
  /** Whether it takes another run after the present one; undefined until it says so. */
  stays?: boolean;
}

interface Told {
  /** It has died before it began. */
  startPlainly: () => Handle;
  /** Whether it will take another run. */
  decided: (stays: boolean) => void;
  /** The run is over, and the process waits for the next one or has ended. */
  over: (waits: boolean) => void;
}

/** Gives a run to a trainer that waits. The run ends with its process, or, where that stays, when the trainer says so. */
export function handOver(job: Job, { child, leftovers, exited }: Standby, told: Told): Handle {
  let plain: Handle | undefined;
  let stopping = false;
  let hasBegun = false;
  let waits = false;
  let onBegun!: () => void;
  let onEnded!: (exit: Exit) => void;
  const begun = new Promise<void>((resolve) => {
    onBegun = resolve;
  });
  const ended = new Promise<Exit>((resolve) => {
    onEnded = resolve;
  });
  const hear = ({ type }: StandbyMessage): void => {
    if (type === 'begun') {
      hasBegun = true;
      onBegun();
    }
    if (type === 'stays' || type === 'leaves') told.decided(type === 'stays');
    if (type === 'ended') {
      waits = true;
      onEnded({ code: 0 });
    }
  };
  child.on('message', hear);
  void exited.then((exit) => {
    onBegun();
    onEnded(exit);
  });
  expectStart(job.runDir, leftovers.secret);
  // One that has died already is noticed by its end.
  child.send({ type: 'run', runDir: job.runDir } satisfies RunMessage, () => {});
  const signal = (name: NodeJS.Signals, options?: { group: boolean }): void => {
    // It is another run's by now.
    if (!waits && child.pid !== undefined) sendSignal(child.pid, name, options);
  };
  return {
    get pid() {
      return plain?.pid ?? child.pid;
    },
    // One that waits for another run has the secret itself.
    get leftovers() {
      return waits ? undefined : (plain?.leftovers ?? leftovers);
    },
    exited: ended.then((exit) => {
      child.off('message', hear);
      told.over(waits);
      if (hasBegun || stopping) return exit;
      plain = told.startPlainly();
      return plain.exited;
    }),
    begun,
    stop: () => {
      stopping = true;
      if (plain) plain.stop();
      else signal('SIGTERM');
    },
    kill: () => {
      stopping = true;
      if (plain) plain.kill();
      else signal('SIGKILL', { group: true });
    },
  };
}

export function endStandby({ child: { pid } }: Standby): void {
  if (pid !== undefined) sendSignal(pid, 'SIGKILL', { group: true });
}
