import { join } from 'node:path';
import { ensureMlflow } from '../src/python/index.ts';
import { MlflowClient } from '../src/tracking/mlflow/client.ts';
import { keepServer } from '../src/tracking/mlflow/local/keeper.ts';
import { waitForServer } from '../src/tracking/mlflow/local/server.ts';
import { metric } from '../src/tracking/mlflow/values.ts';
import type { BenchContext } from './support/context.ts';
import { Worker } from './support/worker.ts';

// Points of metrics a second that one run takes, both clients on the same local server (one worker, SQLite).

const cases = [
  { name: 'against log_batch of 1,000', batch: 1000, peerPoints: 10_000 },
  { name: 'against log_metric', batch: 0, peerPoints: 200 },
];
const POINTS = 10_000;

export async function run(context: BenchContext): Promise<void> {
  const python = await ensureMlflow({ note: context.note });
  const runs = await context.folder();
  const controller = new AbortController();
  const kept = keepServer({ folder: join(runs, '.mlflow'), signal: controller.signal });
  context.defer(async () => {
    controller.abort();
    await kept;
  });
  const base = await waitForServer(runs);
  const client = new MlflowClient({ base, headers: {} });
  const experiment = await client.createExperiment('bench-facecom', []);
  const peer = new Worker('mlflow', [python, join(import.meta.dirname, 'peers/mlflow_log.py'), base]);
  context.defer(() => peer.stop());
  const { mlflow } = await peer.ready<{ mlflow: string }>();
  const ours = async () => {
    const made = { experiment_id: experiment, run_name: 'bench', start_time: Date.now(), tags: [] };
    const { info } = await client.createRun(made);
    const points = Array.from({ length: POINTS }, (_, i) =>
      metric(`metric${i % 10}`, i / 7, Date.now(), Math.floor(i / 10)),
    );
    const started = performance.now();
    await client.logMetrics(info.run_id, points);
    return (POINTS * 1000) / (performance.now() - started);
  };
  for (const { name, batch, peerPoints } of cases) {
    if (!context.wants(name)) continue;
    const { ours: mine, peer: other } = await context.alternate(context.rounds(5), {
      ours,
      peer: async () =>
        peerPoints / (await peer.ask<{ seconds: number }>({ points: peerPoints, batch })).seconds,
    });
    context.report({
      case: name,
      ours: mine.median,
      peer: other.median,
      unit: 'metrics/s',
      better: 'higher',
      against: `mlflow ${mlflow}, Python client`,
      rounds: mine.values.length,
    });
  }
}
