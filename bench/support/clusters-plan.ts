import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, Reference, Submission, TaskState } from '../../src/orchestrator/cluster/engine.ts';
import { ClusterLauncher } from '../../src/orchestrator/cluster/launcher.ts';
import { claimTask, jobsFolder, writeEnd } from '../../src/record/index.ts';

const POLL = 0.5; // seconds
const TRIAL = 1.5; // seconds

/** A Slurm, or a Ray, whose nodes run each task for a while, and which counts how it is called. */
class Simulated implements Engine {
  calls = 0;
  private readonly states = new Map<string, TaskState['phase']>();
  private readonly queue: Array<[key: string, task: number]> = [];
  private running = 0;

  constructor(
    readonly name: 'slurm' | 'ray',
    private readonly jobs: string,
    private readonly nodes: number,
  ) {}

  get free(): number {
    return this.nodes - this.running;
  }

  async check() {
    return [];
  }

  async batchSize() {
    return this.name === 'slurm' ? 1000 : 1;
  }

  async submit({ key, tasks }: Submission) {
    this.calls++;
    for (let task = 0; task < tasks; task++) {
      this.states.set(`${key}.${task}`, 'waiting');
      this.queue.push([key, task]);
    }
    this.schedule();
    return String(this.calls);
  }

  async find() {
    this.calls++;
    return [];
  }

  async poll(batches: readonly Reference[]) {
    this.calls++;
    const found = new Map<string, TaskState>();
    for (const { key, tasks } of batches)
      for (const task of tasks) {
        const phase = this.states.get(`${key}.${task}`);
        if (phase) found.set(`${key}.${task}`, { phase, state: phase });
      }
    return found;
  }

  async explain() {
    return undefined;
  }

  async cancel() {}

  private schedule(): void {
    while (this.running < this.nodes) {
      const next = this.queue.shift();
      if (!next) return;
      const [key, task] = next;
      this.running++;
      this.states.set(`${key}.${task}`, 'running');
      claimTask(this.jobs, key, task, { job: `1_${task}`, restart: 0, host: 'node', time: Date.now() });
      setTimeout(() => {
        writeEnd(this.jobs, key, task, { code: 0 });
        this.states.set(`${key}.${task}`, 'ended');
        this.running--;
        this.schedule();
      }, TRIAL * 1000);
    }
  }
}

/** Runs trials through the launcher as a sweep's workers do: twice as many in the queue as there are nodes. */
export async function planTrials(
  folder: string,
  { engine: name, trials, nodes }: { engine: 'slurm' | 'ray'; trials: number; nodes: number },
) {
  const engine = new Simulated(name, jobsFolder(folder), nodes);
  const launcher = new ClusterLauncher({
    ...{ engine, folder, runsIn: folder, label: 'plan', setup: [], node: 'node', poll: POLL, visibility: 1 },
    ...{ grace: 1, note: () => {} },
  });
  let next = 0;
  let peak = 0;
  let empty = 0;
  let longest = 0;
  const begun = performance.now();
  const watching = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
    empty = engine.free > 0 && next > 0 && next < trials ? empty + 100 : 0;
    longest = Math.max(longest, empty);
  }, 100);
  const worker = async () => {
    while (next < trials) {
      const runDir = join(folder, `run${next++}-1`);
      await launcher.of(0).start({ runDir, command: ['true'], env: {}, cwd: folder }).exited;
    }
  };
  await Promise.all(Array.from({ length: nodes * 2 }, worker));
  clearInterval(watching);
  const seconds = (performance.now() - begun) / 1000;
  await launcher.close();
  await sleep(0);
  return {
    calls: engine.calls,
    seconds: Math.round(seconds),
    megabytes: Math.round(peak / 1e6),
    idlePolls: longest / 1000 / POLL,
  };
}
