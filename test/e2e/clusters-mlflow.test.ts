import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCursor } from '../../src/tracking/mlflow/cursor.ts';
import { start, until, writeExperiment } from '../support/external.ts';
import { startFakeRay } from '../support/fake-ray.ts';
import { temporaryFolder } from '../support/program.ts';
import { startTestServer, withoutMlflow } from '../tracking/support/server.ts';

test('tracking.from: jobs: the jobs of a sweep and of a run send their runs, also when their command is gone', {
  skip: withoutMlflow,
}, async (t) => {
  const server = await startTestServer();
  t.after(() => server.stop());
  const ray = await startFakeRay(t);
  const cwd = await temporaryFolder(t);
  const go = join(cwd, 'go');
  const experiment = (name: string, from: string, more: object = {}) =>
    writeExperiment(cwd, `while [ ! -f ${go} ]; do sleep 0.05; done; finish 0.5`, {
      name,
      resources: {
        ...{ cpus: 1, gpus: 0 },
        launcher: { name: 'ray', address: ray.address, poll: 0.3, visibility: 1 },
      },
      more: { tracking: { mlflow: server.base, from }, ...more },
    });
  const axes = { 'optimizer.lr': [0.1, 0.2] };
  const programs = [
    start(['run', experiment('single', 'jobs')], cwd),
    start(['sweep', experiment('many', 'jobs', { sweep: { axes } })], cwd),
    start(['run', experiment('kept', 'orchestrator')], cwd),
  ];
  await until('all are submitted', () => ray.posts.length === 4);
  // The sweep's own run in MLflow is its command's to make.
  const sent = () => Object.values(readCursor(join(cwd, 'runs/many'))?.sent ?? {});
  await until('the sweep is known to MLflow', () => sent().some((to) => to?.run !== undefined));
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(programs);
  writeFileSync(go, '');
  let found: string[] = [];
  for (let i = 0; i < 120 && found.length < 3; i++) {
    await sleep(250);
    found = await finishedRuns(server.base);
  }
  assert.deepEqual(
    found.map((run) => run.split('/')[0]),
    ['many', 'many', 'single'],
  );
});

/** Runs on a server that have their last metric, by their names in the record. */
async function finishedRuns(base: string): Promise<string[]> {
  const ask = async (path: string, body: object) => {
    const answer = await fetch(`${base}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    return (await answer.json()) as { experiments?: { experiment_id: string }[]; runs?: Found[] };
  };
  const { experiments = [] } = await ask('experiments/search', { max_results: 100 });
  const experiment_ids = experiments.map(({ experiment_id }) => experiment_id);
  const filter = "metrics.`val_best/combined` = 0.5 and tags.`facecom.run` LIKE '%/%'";
  const { runs = [] } = await ask('runs/search', { experiment_ids, filter });
  return runs.map(({ data }) => data.tags.find(({ key }) => key === 'facecom.run')!.value).sort();
}

interface Found {
  data: { tags: { key: string; value: string }[] };
}
