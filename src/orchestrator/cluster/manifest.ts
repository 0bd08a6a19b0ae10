import { resolve } from 'node:path';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { parseBytes } from '../../base/format.ts';
import type { Experiment } from '../../spec/index.ts';
import { CANNOT_WRITE, NOT_FOUND } from './exit-codes.ts';

/** What a pod exits with that was told to end (128 + SIGTERM): its index is not complete. */
export const AGAIN = 143;
/** What says nothing of the trial: a folder that cannot be written or is not seen on the node, and a kill from outside. */
const NODE = [CANNOT_WRITE, NOT_FOUND, 137];

/** A Job of Kubernetes (batch/v1) with an index a job, which kubectl takes as JSON. Kueue admits one that names its queue. */
export function manifest({
  key,
  script,
  jobs,
  parallel,
  config,
  cwd,
}: {
  key: string;
  script: string;
  jobs: number;
  parallel: number;
  config: Experiment;
  cwd: string;
}) {
  const { resources } = config;
  const { image, claim, mount = resolve(cwd), queue, namespace, node_selector } = resources.kubernetes;
  const gpus = resources.device.startsWith('gpu') ? Math.ceil(resources.gpus) : 0;
  const asked = {
    cpu: String(Math.max(1, resources.cpus)),
    ...(resources.memory === undefined
      ? {}
      : { memory: `${Math.ceil(parseBytes(resources.memory) / 2 ** 20)}Mi` }),
    ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
  };
  // The pods of an index have `name-index` as their host name: 63 letters, of which the last ones of the key tell it from others.
  const longest = 62 - String(jobs - 1).length;
  const name = key.toLowerCase().replaceAll('_', '-').slice(-longest).replace(/^-+/, '');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        'app.kubernetes.io/name': 'facecom',
        ...(queue === undefined ? {} : { 'kueue.x-k8s.io/queue-name': queue }),
      },
    },
    spec: {
      ...(queue === undefined ? {} : { suspend: true }),
      completionMode: 'Indexed',
      completions: jobs,
      parallelism: parallel > 0 ? Math.min(parallel, jobs) : jobs,
      // A pod that was evicted or told to end is made again and continues, one whose node was at fault three times; a trainer that
      // failed is for `facecom sweep` to judge.
      backoffLimitPerIndex: 3,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'Ignore', onExitCodes: { operator: 'In', values: [AGAIN] } },
          { action: 'FailIndex', onExitCodes: { operator: 'NotIn', values: [...NODE, AGAIN] } },
        ],
      },
      ttlSecondsAfterFinished: 7 * 24 * 3600,
      template: {
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: Math.ceil(resources.grace) + 10,
          ...(Object.keys(node_selector).length > 0 ? { nodeSelector: node_selector } : {}),
          containers: [
            {
              name: 'trial',
              image,
              command: ['/bin/sh', '-c', `job=$JOB_COMPLETION_INDEX\n${script}`],
              workingDir: resolve(cwd),
              resources: { requests: asked, limits: asked },
              volumeMounts: [{ name: 'shared', mountPath: mount }],
            },
          ],
          volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  } satisfies IJob;
}
