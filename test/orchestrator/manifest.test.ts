import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type IJob, Job } from 'kubernetes-models/batch/v1/Job';
import { manifest } from '../../src/orchestrator/cluster/manifest.ts';
import { readExperiment } from '../../src/spec/index.ts';
import { writeExperiment } from '../support/external.ts';
import { facecom, temporaryFolder } from '../support/program.ts';

/** Throws what the schema of Kubernetes has against it. */
const check = (job: object): void => new Job(job as IJob).validate();

test('facecom sweep --render k8s writes a Job that the schema of Kubernetes takes', async (t) => {
  const cwd = await temporaryFolder(t);
  const spec = writeExperiment(cwd, 'finish 0.5', {
    resources: {
      ...{ cpus: 2, memory: '4GB', gpus: 1, device: 'gpu:0' },
      kubernetes: {
        ...{ image: 'registry.example/facecom:1', claim: 'faces', mount: '/shared', queue: 'gpu' },
        ...{ namespace: 'lab', node_selector: { accelerator: 'a100' } },
      },
    },
    more: { sweep: { axes: { 'optimizer.lr': [0.1, 0.2, 0.3] } } },
  });
  const { exitCode, stdout, stderr } = await facecom(['sweep', spec, '--render', 'k8s'], { cwd });
  assert.equal(exitCode, 0, stderr);
  const file = /\S+\.yaml/.exec(stdout.replace(/exp\.yaml/g, '') + stderr)![0];
  const job = JSON.parse(readFileSync(join(cwd, file), 'utf8'));
  check(job);
  assert.equal(job.spec.completions, 3);
  assert.equal(job.spec.completionMode, 'Indexed');
  assert.equal(job.metadata.labels['kueue.x-k8s.io/queue-name'], 'gpu');
  assert.equal(job.spec.suspend, true);
  assert.deepEqual(job.spec.template.spec.containers[0].resources.limits, {
    ...{ cpu: '2', memory: '3815Mi', 'nvidia.com/gpu': '1' },
  });
  // A pod that was evicted or told to end is made again, one whose trial has failed is not.
  const policy = job.spec.podFailurePolicy.rules as Array<{
    action: string;
    onExitCodes?: { operator: 'In' | 'NotIn'; values: number[] };
  }>;
  const actionOf = (code: number): string | undefined =>
    policy.find(({ onExitCodes: rule }) => rule && rule.values.includes(code) === (rule.operator === 'In'))
      ?.action;
  assert.equal(policy[0]!.action, 'Ignore');
  assert.deepEqual([143, 1, 2, 127, 9, 73, 75, 137].map(actionOf), [
    ...['Ignore', 'FailIndex', 'FailIndex', 'FailIndex', 'FailIndex'],
    ...[undefined, undefined, undefined],
  ]);
  const batch = readdirSync(join(cwd, 'runs/exp/jobs')).find((name) => name.endsWith('.json'))!;
  assert.equal(JSON.parse(readFileSync(join(cwd, 'runs/exp/jobs', batch), 'utf8')).again_code, 143);
  // The schema is one that refuses what is wrong.
  assert.throws(() => check({ ...job, spec: { ...job.spec, completions: '3' } }), /completions/);
  assert.throws(() => check({ ...job, spec: { ...job.spec, template: undefined } }), /template/);
});

test('whatever a sweep is called, its Job and the host names of its pods are names of Kubernetes', async (t) => {
  const cwd = await temporaryFolder(t);
  const { config } = await readExperiment(join(cwd, writeExperiment(cwd, 'finish')));
  const key = fc.stringMatching(/^fc-[\w-]{1,60}-[\w-]{1,20}-[0-9a-f]{12}$/);
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 100_000 }), (key, jobs) => {
      const job = manifest({ key, jobs, script: ':', parallel: 0, config, cwd });
      check(job);
      assert.match(`${job.metadata.name}-${jobs - 1}`, /^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/);
    }),
  );
});
