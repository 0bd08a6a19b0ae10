import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { start, writeExperiment } from '../support/external.ts';
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
  const experiment = (name: string, from: string, more: object = {}) =>
    writeExperiment(
      cwd,
      'event \'{"type":"metric","time":1,"name":"loss","step":1,"value":0.25}\'; sleep 1; finish 0.5',
      {
        name,
        resources: {
          ...{ cpus: 1, gpus: 0 },
          launcher: { name: 'ray', address: ray.address, poll: 0.3, visibility: 1 },
        },
        more: { tracking: { mlflow: server.base, from }, ...more },
      },
    );
  const axes = { 'optimizer.lr': [0.1, 0.2] };
  const commands = [
    { name: 'single', args: ['run', experiment('single', 'jobs')], jobs: 1, runs: 1 },
    { name: 'many', args: ['sweep', experiment('many', 'jobs', { sweep: { axes } })], jobs: 2, runs: 2 },
    { name: 'kept', args: ['run', experiment('kept', 'orchestrator')], jobs: 1, runs: 0 },
  ];
  for (const { args, jobs } of commands) {
    const before = ray.posts.length;
    const program = start(args, cwd);
    for (let i = 0; ray.posts.length < before + jobs && i < 1200; i++) await sleep(50);
    program.kill('SIGKILL');
    await program;
  }
  for (const { name, runs } of commands) {
    let found: { info: { status: string } }[] = [];
    for (let i = 0; i < 120; i++) {
      found = await finishedRuns(server.base, name);
      if (runs === 0 || found.length === runs) break;
      await sleep(250);
    }
    assert.equal(found.length, runs, name);
  }
});

/** Runs of an experiment on a server that have their last metric; a sweep's own run has none. */
async function finishedRuns(base: string, experiment: string) {
  const ask = async (path: string, body?: object) => {
    const options = body && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    return (await fetch(`${base}/api/2.0/mlflow/${path}`, options)).json() as Promise<Record<string, any>>;
  };
  const { experiment: found } = await ask(`experiments/get-by-name?experiment_name=${experiment}`);
  if (!found) return [];
  const { runs = [] } = await ask('runs/search', {
    experiment_ids: [found.experiment_id],
    filter: 'metrics.`val/combined` = 0.5',
  });
  return runs;
}
