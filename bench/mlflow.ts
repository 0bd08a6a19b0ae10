import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureMlflow } from '../src/python/index.ts';
import { createRunFolder, openEvents } from '../src/record/index.ts';
import { MlflowClient } from '../src/tracking/mlflow/client.ts';
import { keepServer } from '../src/tracking/mlflow/local/keeper.ts';
import { waitForServer } from '../src/tracking/mlflow/local/server.ts';
import { metric } from '../src/tracking/mlflow/values.ts';
import { syncRuns } from '../src/tracking/sync.ts';
import type { BenchContext } from './support/context.ts';
import type { Side } from './support/rounds.ts';
import { Worker } from './support/worker.ts';

// Points of metrics a second that one run takes, both clients on the same local server (one worker, SQLite).

const cases = [
  { name: 'against log_batch of 1,000', batch: 1000, peerPoints: 10_000 },
  { name: 'against log_metric', batch: 0, peerPoints: 200 },
];
const POINTS = 10_000;

/** What a server that was down for a day has to be sent at once. */
const BACKLOG = 200_000;
const BACKLOG_CASE = 'backlog of 200,000 points against log_batch of 1,000';

export async function run(context: BenchContext): Promise<void> {
  const python = await ensureMlflow({ note: context.note });
  const runs = await context.folder();
  mkdirSync(join(runs, '.mlflow'), { recursive: true });
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
  const theirs = (points: number, batch: number) => async () =>
    points / (await peer.ask<{ seconds: number }>({ points, batch })).seconds;
  const measure = async (name: string, rounds: number, sides: { ours: Side; peer: Side }) => {
    const { ours: mine, peer: other } = await context.alternate(context.rounds(rounds), sides);
    context.report({
      case: name,
      ours: mine.median,
      peer: other.median,
      unit: 'metrics/s',
      better: 'higher',
      against: `mlflow ${mlflow}, Python client`,
      rounds: mine.values.length,
    });
  };
  for (const { name, batch, peerPoints } of cases)
    if (context.wants(name)) await measure(name, 5, { ours, peer: theirs(peerPoints, batch) });
  if (!context.wants(BACKLOG_CASE)) return;
  let round = 0;
  await measure(BACKLOG_CASE, 1, {
    ours: () => sendBacklog(runs, base, round++),
    peer: theirs(BACKLOG, 1000),
  });
}

/** Points of metrics a second of a run's record that is sent as a whole: read, sent, and the cursor written. */
async function sendBacklog(runs: string, base: string, round: number): Promise<number> {
  const name = 'backlog';
  const runDir = createRunFolder(
    { runs, name, trial: `${round}`.padStart(12, '0') },
    { config: { name }, spec: `name: ${name}\n`, origins: {}, environment: { host: 'here' } },
  );
  const events = openEvents(runDir);
  for (let step = 0; step < BACKLOG / 10; step++)
    events.metric({
      step,
      epoch: 0,
      values: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`metric${i}`, (10 * step + i) / 7])),
    });
  events.close();
  const started = performance.now();
  const [row] = await syncRuns({ runs, runDirs: [runDir], uri: base });
  if (row?.sent?.metrics !== BACKLOG)
    throw new Error(`${row?.sent?.metrics} points were sent: ${row?.reason}`);
  return (BACKLOG * 1000) / (performance.now() - started);
}
