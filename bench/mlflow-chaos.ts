import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { appendState, createRunFolder, openEvents, readEvents } from '../src/record/index.ts';
import { keepServer } from '../src/tracking/mlflow/local/keeper.ts';
import { waitForServer } from '../src/tracking/mlflow/local/server.ts';
import { syncRuns } from '../src/tracking/sync.ts';
import { ChaosProxy } from './support/chaos-proxy.ts';
import type { BenchContext } from './support/context.ts';

const PER_RUN = 12; // requests, about
const AT_ONCE = 4;
const STEPS = 20;

interface Remote {
  info: { run_id: string; lifecycle_stage: string };
  data: { tags?: { key: string; value: string }[] };
}

/**
 * Sends runs through a proxy that refuses, loses, doubles, delays and answers wrongly, while the server is killed and started again once,
 * until all is sent; then compares what MLflow has with the record. `--rounds` is the number of requests, `--seed` says which of them fare how: pieces
 * with other seeds add up.
 */
export async function run(context: BenchContext): Promise<void> {
  const wanted = context.rounds(10_000);
  const runs = join(await context.folder(), 'runs');
  mkdirSync(join(runs, '.mlflow'), { recursive: true });
  const begin = async () => {
    const controller = new AbortController();
    const kept = keepServer({ folder: join(runs, '.mlflow'), signal: controller.signal });
    const stop = async () => {
      controller.abort();
      await kept;
    };
    return { base: await waitForServer(runs), stop };
  };
  let server = await begin();
  context.defer(() => server.stop());
  const proxy = await ChaosProxy.start(server.base, context.seed);
  context.defer(() => proxy.stop());
  const dirs: string[] = [];
  const started = performance.now();
  let restarted: Promise<void> | undefined;
  const restart = async () => {
    proxy.target = undefined;
    await server.stop();
    server = await begin();
    proxy.target = server.base;
  };
  let tries = 0;
  const worker = async () => {
    while (proxy.requests < wanted) {
      const dir = record(runs, dirs.length);
      dirs.push(dir);
      for (let done = false; !done; tries++) {
        if (proxy.requests > wanted / 2) restarted ??= restart();
        const rows = await syncRuns({ runs, runDirs: [dir], uri: proxy.base });
        done = rows.every(({ status }) => status === 'sent' || status === 'up-to-date');
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await restarted;
  const seconds = (performance.now() - started) / 1000;
  const found = await compare(server.base, dirs);
  const details = { ...proxy.counts, runs: dirs.length, about_per_run: PER_RUN, passes: tries, seconds };
  for (const [name, count] of Object.entries(found))
    context.report({ case: name, ours: count, unit: '', better: 'lower', details });
  context.report({ case: 'requests', ours: proxy.requests, unit: '', better: 'higher', details });
}

/** A run that has finished, with curves, a warning and an artifact. */
function record(runs: string, index: number): string {
  const name = 'chaos';
  const trial = index.toString(16).padStart(12, '0');
  const config = { name, seed: index, tracking: { experiment: 'chaos' } };
  const dir = createRunFolder(
    { runs, name, trial },
    { config, spec: `name: ${name}\n`, origins: {}, environment: { host: 'here' } },
  );
  appendState(dir, { state: 'queued' });
  appendState(dir, { state: 'started', attempt: 1, launcher: 'local', devices: ['cpu'] });
  const events = openEvents(dir);
  for (let step = 1; step <= STEPS; step++)
    events.metric({
      step,
      epoch: step,
      values: { 'train/loss': index + 1 / step, 'val/combined': step / (index + STEPS) },
    });
  events.finished({ metrics: { 'val/combined': STEPS / (index + STEPS) } });
  events.close();
  appendState(dir, { state: 'finished', seconds: 1 });
  return dir;
}

async function compare(base: string, dirs: readonly string[]) {
  const get = async (path: string, query: Record<string, string>) =>
    (await (await fetch(`${base}api/2.0/mlflow/${path}?${new URLSearchParams(query)}`)).json()) as unknown;
  const { experiment } = (await get('experiments/get-by-name', { experiment_name: 'chaos' })) as {
    experiment: { experiment_id: string };
  };
  const byFolder = new Map<string, Remote[]>();
  for (let token: string | undefined = ''; token !== undefined; ) {
    const answer = await fetch(`${base}api/2.0/mlflow/runs/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        experiment_ids: [experiment.experiment_id],
        max_results: 1000,
        ...(token ? { page_token: token } : {}),
      }),
    });
    const page = (await answer.json()) as { runs?: Remote[]; next_page_token?: string };
    for (const remote of page.runs ?? []) {
      const folder = remote.data.tags?.find(({ key }) => key === 'facecom.run')?.value ?? 'nobody';
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), remote]);
    }
    token = page.next_page_token;
  }
  const found = {
    'points missing': 0,
    'points doubled': 0,
    'runs missing': 0,
    'runs twice': 0,
    'runs of nobody': 0,
  };
  found['runs of nobody'] = byFolder.get('nobody')?.length ?? 0;
  for (const dir of dirs) {
    const remotes = byFolder.get(dir.split('/').slice(-2).join('/')) ?? [];
    if (remotes.length === 0) found['runs missing']++;
    if (remotes.length > 1) found['runs twice']++;
    if (remotes.length !== 1) continue;
    for (const key of ['train/loss', 'val/combined']) {
      const { metrics = [] } = (await get('metrics/get-history', {
        run_id: remotes[0]!.info.run_id,
        metric_key: key,
        max_results: '1000',
      })) as { metrics?: { step: number; timestamp: number; value: number }[] };
      const there = metrics.map(({ step, timestamp, value }) => [Number(step), Number(timestamp), value]);
      const recorded = readEvents(dir).flatMap((event) =>
        event.type === 'metric' ? [[event.step, event.time, event.values[key]!]] : [],
      );
      const missing = recorded.filter((point) => !there.some((other) => isDeepStrictEqual(other, point)));
      found['points missing'] += missing.length;
      found['points doubled'] += Math.max(0, there.length - (recorded.length - missing.length));
    }
  }
  return found;
}
