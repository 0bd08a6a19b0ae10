import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, JobState, Reference, Submission } from '../../src/orchestrator/cluster/engine.ts';
import { ClusterLauncher } from '../../src/orchestrator/cluster/launcher.ts';
import { batchFile, claimTask, jobsFolder, readBatch, tasksOfJob, writeEnd } from '../../src/record/index.ts';

const POLL = 0.5; // seconds
const TRIAL = 1.5; // seconds

/** A Slurm, or a Ray, whose nodes run each trial for a while, and which counts how it is called. */
class Simulated implements Engine {
  calls = 0;
  private readonly states = new Map<string, JobState['phase']>();
  private readonly queue: Array<[key: string, job: number]> = [];
  private busy = 0;

  constructor(
    readonly name: 'slurm' | 'ray',
    private readonly folder: string,
    private readonly nodes: number,
  ) {}

  get free(): number {
    return this.nodes - this.busy;
  }

  async check() {
    return [];
  }

  async batchSize() {
    return this.name === 'slurm' ? 1000 : 1;
  }

  async submit({ key, jobs }: Submission) {
    this.calls++;
    for (let job = 0; job < jobs; job++) {
      this.states.set(`${key}.${job}`, 'waiting');
      this.queue.push([key, job]);
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
    const found = new Map<string, JobState>();
    for (const { key, jobs } of batches)
      for (const job of jobs) {
        const phase = this.states.get(`${key}.${job}`);
        if (phase) found.set(`${key}.${job}`, { phase, state: phase });
      }
    return found;
  }

  async explain() {
    return undefined;
  }

  async cancel() {}

  private schedule(): void {
    while (this.busy < this.nodes) {
      const next = this.queue.shift();
      if (!next) return;
      this.busy++;
      void this.run(...next).then(() => {
        this.busy--;
        this.schedule();
      });
    }
  }

  private async run(key: string, job: number): Promise<void> {
    this.states.set(`${key}.${job}`, 'running');
    const jobs = jobsFolder(this.folder);
    for (const task of tasksOfJob(readBatch(batchFile(this.folder, key))!, job)) {
      claimTask(jobs, key, task, { job: `1_${job}`, restart: 0, host: 'node', time: Date.now() });
      await sleep(TRIAL * 1000);
      writeEnd(jobs, key, task, { code: 0 });
    }
    this.states.set(`${key}.${job}`, 'ended');
  }
}

/** Runs trials through the launcher as a sweep's workers do: twice as many jobs in the queue as there are nodes. */
export async function planTrials(
  folder: string,
  {
    engine: name,
    trials,
    nodes,
    perJob,
  }: { engine: 'slurm' | 'ray'; trials: number; nodes: number; perJob: number },
) {
  const engine = new Simulated(name, folder, nodes);
  const launcher = new ClusterLauncher({
    ...{ engine, folder, runsIn: folder, label: 'plan', setup: [], node: 'node', poll: POLL, visibility: 1 },
    ...{ grace: 1, perJob, note: () => {} },
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
  await Promise.all(Array.from({ length: nodes * perJob * 2 }, worker));
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
