import { cpuTimes, machineUsage } from '../machine/index.ts';
import { openSystemLog } from '../record/index.ts';

const FIRST = 2000; // milliseconds: also a short run has some
const EVERY = 10_000;

/** Writes how busy the machine is into a run's record until it is released. A record that cannot be written ends it. */
export function sampleMachine(runDir: string, pid: number | undefined): { release(): void } {
  let before = cpuTimes();
  let timer: NodeJS.Timeout;
  let released = false;
  const sample = async () => {
    try {
      const values = await machineUsage(before, { folder: runDir, ...(pid === undefined ? {} : { pid }) });
      before = cpuTimes();
      if (released) return;
      const log = openSystemLog(runDir);
      log.write({ time: Date.now(), values });
      log.close();
      again(EVERY);
    } catch {
      // A full disk or a folder that is gone is reported by whoever writes results there.
    }
  };
  const again = (milliseconds: number) => {
    timer = setTimeout(() => void sample(), milliseconds);
    timer.unref();
  };
  again(FIRST);
  return {
    release: () => {
      released = true;
      clearTimeout(timer);
    },
  };
}
