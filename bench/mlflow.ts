import { mkdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
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
  const all = await context.alternate(context.rounds(1), {
    ours: () => sendBacklog(runs, base, round++),
    peer: theirs(BACKLOG, 1000),
    server: async () => {
      const made = { experiment_id: experiment, run_name: 'replayed', start_time: Date.now(), tags: [] };
      return replay(base, (await client.createRun(made)).info.run_id);
    },
  });
  const facts = { unit: 'metrics/s', better: 'higher' as const, rounds: all.ours.values.length };
  const sent = all.ours.median;
  const against = `mlflow ${mlflow}, Python client`;
  context.report({ case: BACKLOG_CASE, ours: sent, peer: all.peer.median, against, ...facts });
  context.report({
    case: 'the same against its requests alone, made before and sent over one connection by node:http: what the server can take',
    ours: sent,
    peer: all.server.median,
    against: 'the server',
    details: { share_of_the_time_that_is_the_servers: sent / all.server.median },
    ...facts,
  });
}

/** Points of metrics a second that the server takes: batches of 1,000, one after another over one connection, answers not looked into. */
async function replay(base: string, run: string): Promise<number> {
  const time = Date.now();
  const bodies = Array.from({ length: BACKLOG / 1000 }, (_, batch) => {
    const metrics = Array.from({ length: 1000 }, (_, k) => {
      const i = 1000 * batch + k;
      return metric(`metric${i % 10}`, i / 7, time, Math.floor(i / 10));
    });
    return Buffer.from(JSON.stringify({ run_id: run, metrics }));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const started = performance.now();
  for (const body of bodies)
    await new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const asked = request(
        new URL('api/2.0/mlflow/runs/log-batch', base),
        { method: 'POST', agent, headers },
        (answer) => {
          if (answer.statusCode !== 200) reject(new Error(`The server answered ${answer.statusCode}.`));
          answer.resume().on('end', resolve).on('error', reject);
        },
      );
      asked.on('error', reject).end(body);
    });
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return BACKLOG / seconds;
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
