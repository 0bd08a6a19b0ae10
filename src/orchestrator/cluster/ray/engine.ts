import { FacecomError } from '../../../base/errors.ts';
import { parseBytes } from '../../../base/format.ts';
import { isRecord } from '../../../base/objects.ts';
import type { Experiment } from '../../../spec/index.ts';
import {
  type Engine,
  EngineError,
  type Explanation,
  type JobState,
  nameOf,
  type Reference,
  type Submission,
} from '../engine.ts';
import { CANNOT_WRITE, NOT_FOUND } from '../exit-codes.ts';
import { quote } from '../script.ts';
import { type RayAnswer, RayClient, rayAddress, rayToken } from './client.ts';

export type RayOptions = Extract<Experiment['resources']['launcher'], { name: 'ray' }>;

interface RayContext {
  /** What jobs ask for; one that only looks and cancels needs none. */
  options?: RayOptions;
  resources?: Experiment['resources'];
  address?: string | undefined;
}

interface Total {
  cpus: number;
  gpus: number;
}

/** So many jobs are asked for one by one; and up to MANY, where the list of all costs the head more: a job of it takes a WORTHth of a request. */
const FEW = 4;
const MANY = 64;
const WORTH = 16;

/** Jobs at once on a cluster that does not tell how large it is. */
const UNKNOWN = 16;

const phases: Record<string, JobState['phase']> = {
  PENDING: 'waiting',
  RUNNING: 'running',
  STOPPED: 'ended',
  SUCCEEDED: 'ended',
  FAILED: 'ended',
};

/**
 * Ray's jobs by their REST interface (openapi 4.0.0): a submission has one job, its id is the key. Two requests with one id are never under
 * way at once, for both may fail then (ray#31356).
 */
export class RayEngine implements Engine {
  readonly name = 'ray';
  private readonly client: RayClient;

  constructor(private readonly context: RayContext) {
    this.client = new RayClient(rayAddress(context.options?.address ?? context.address));
  }

  get calls(): number {
    return this.client.calls;
  }

  get address(): string {
    return this.client.address;
  }

  /** Throws FacecomError `ray-unreachable` and `ray-refused`. */
  async check(): Promise<string[]> {
    let answer: RayAnswer;
    let probe: RayAnswer;
    try {
      answer = await this.client.request('GET', '/api/version');
      // Its version a head may tell to anybody.
      probe = await this.client.request('GET', '/api/jobs/fc-check');
    } catch (error) {
      throw unreachable(this.address, (error as Error).message);
    }
    for (const one of [answer, probe])
      if (one.status === 401 || one.status === 403) throw unauthorized(this.address, one);
    if (answer.status !== 200 || !isRecord(answer.body) || !('ray_version' in answer.body))
      throw unreachable(this.address, `status ${answer.status}: ${answer.text.slice(0, 200)}`);
    return [];
  }

  /** Jobs that may run or wait at once: Ray fails those that wait for long. */
  async room(): Promise<number> {
    const { resources } = this.context as Required<RayContext>;
    const total = await this.total();
    if (!total || total.cpus === 0) return UNKNOWN;
    const gpus = this.gpusOf(total);
    const byGpu = gpus > 0 ? Math.floor(total.gpus / gpus) : Number.POSITIVE_INFINITY;
    // One more a slot than runs, so that none waits for the next poll.
    const running = Math.max(1, Math.min(Math.floor(total.cpus / Math.max(1, resources.cpus)), byGpu));
    return running * 2;
  }

  /** GPUs of a job: none where the cluster has none. */
  private gpusOf(total: Total): number {
    const { resources } = this.context as Required<RayContext>;
    return resources.device !== 'cpu' && total.gpus > 0 ? resources.gpus : 0;
  }

  private known: Total | undefined;

  /** The CPUs and GPUs of the cluster, none if it does not tell; undefined, and asked again, if it does not answer. */
  private async total(): Promise<Total | undefined> {
    this.known ??= await this.askTotal();
    return this.known;
  }

  private async askTotal(): Promise<Total | undefined> {
    try {
      const { body } = await this.client.request('GET', '/nodes?view=summary');
      const summary = isRecord(body) && isRecord(body.data) ? body.data.summary : undefined;
      const total = { cpus: 0, gpus: 0 };
      for (const node of Array.isArray(summary) ? summary : []) {
        const { raylet = {} } = node as {
          raylet?: { resourcesTotal?: Record<string, number>; state?: string };
        };
        if (raylet.state !== undefined && raylet.state !== 'ALIVE') continue;
        total.cpus += raylet.resourcesTotal?.CPU ?? 0;
        total.gpus += raylet.resourcesTotal?.GPU ?? 0;
      }
      return total;
    } catch {
      return undefined;
    }
  }

  async batchSize(): Promise<number> {
    return 1;
  }

  async submit({ key, script, out }: Submission): Promise<string> {
    const { options, resources } = this.context as Required<RayContext>;
    const total = await this.total();
    const gpus = total ? this.gpusOf(total) : 0;
    const answer = await this.client.request('POST', '/api/jobs/', {
      submission_id: key,
      // Ray hands it to a shell; the trainer's output goes to the run's log, what is left to the folder of the jobs.
      entrypoint: `exec bash -c ${quote(`job=0\n${script}`)} >>${quote(out.replace('{job}', '0'))} 2>&1`,
      metadata: { facecom: key },
      // Set to nothing there is no driver on the head node without its share of the machine.
      entrypoint_num_cpus: Math.max(1, resources.cpus),
      ...(gpus > 0 ? { entrypoint_num_gpus: gpus } : {}),
      ...(resources.memory === undefined ? {} : { entrypoint_memory: parseBytes(resources.memory) }),
      ...(Object.keys(options.resources).length > 0 ? { entrypoint_resources: options.resources } : {}),
      runtime_env: runtimeEnvironment(options.runtime_env, resources.grace),
    });
    if (answer.status === 200) return key;
    const message = `Ray at ${this.address} answered ${answer.status}: ${firstLine(answer)}`;
    // "already exists", or its database was busy: whether there is one is asked for.
    if (answer.status >= 500 || /already exists/i.test(answer.text))
      throw new EngineError('unknown', message);
    // A token that it took before may be taken again: what runs with it is not lost for it.
    throw new EngineError([401, 403, 429].includes(answer.status) ? 'full' : 'refused', message);
  }

  /** Jobs of the last list, those that ended long ago too. */
  private listed = 0;

  async find(key: string): Promise<string[]> {
    return (await this.get(key)) ? [key] : [];
  }

  async poll(batches: readonly Reference[]): Promise<Map<string, JobState>> {
    const found = new Map<string, JobState>();
    if (batches.length <= Math.max(FEW, Math.min(MANY, this.listed / WORTH))) {
      const ask = async ({ key }: Reference): Promise<void> => {
        const job = await this.get(key);
        if (job) found.set(nameOf(key, 0), stateOf(job));
      };
      await Promise.all(batches.map(ask));
      return found;
    }
    const { status, body, text } = await this.client.request('GET', '/api/jobs/');
    if (status !== 200 || !Array.isArray(body))
      throw new EngineError('unknown', `Ray at ${this.address} answered ${status}: ${text.slice(0, 200)}`);
    this.listed = body.length;
    for (const job of body.filter(isRecord))
      if (typeof job.submission_id === 'string') found.set(nameOf(job.submission_id, 0), stateOf(job));
    return found;
  }

  async explain({ key }: Reference): Promise<Explanation | undefined> {
    const job = await this.get(key);
    // Ray forgets its jobs with its head node.
    if (!job) return undefined;
    const message = String(job.message ?? '').split('\n')[0]!;
    if (job.status === 'STOPPED')
      return { cancelled: `Ray's job ${key} was stopped outside of facecom: ${message}` };
    if (job.status === 'SUCCEEDED')
      return {
        class: 'infrastructure',
        message: `Ray's job ${key} has ended, and nothing of it is in the record: is the folder of the runs shared with its node?`,
      };
    const exit = Number(job.driver_exit_code ?? 0);
    const why = codes[exit];
    if (why)
      return { class: 'infrastructure', message: `Ray's job ${key} did not start its trainer: ${why}.` };
    if (exit === 137 || /SIGKILL|-9\b/.test(message))
      return { class: 'killed', message: `Ray's job ${key} was killed: ${message}` };
    return { class: 'infrastructure', message: `Ray's job ${key} failed: ${message}` };
  }

  async cancel(batches: readonly Reference[]): Promise<void> {
    // Ray signals the job, and kills it after the grace that it was submitted with; it is asked to end for good by its folder.
    for (const { key } of batches)
      await this.client.request('POST', `/api/jobs/${encodeURIComponent(key)}/stop`).catch(() => {});
  }

  private async get(key: string): Promise<Record<string, unknown> | undefined> {
    const { status, body, text } = await this.client.request('GET', `/api/jobs/${encodeURIComponent(key)}`);
    if (status === 404) return undefined;
    if (status === 200 && isRecord(body) && typeof body.status === 'string') return body;
    throw new EngineError('unknown', `Ray at ${this.address} answered ${status}: ${text.slice(0, 200)}`);
  }
}

const stateOf = ({ status, message }: Record<string, unknown>): JobState => ({
  phase: phases[String(status)] ?? 'running',
  state: String(status),
  ...(typeof message === 'string' ? { reason: message } : {}),
});

const codes: Record<number, string> = {
  [CANNOT_WRITE]: 'the run folder cannot be written on the node',
  [NOT_FOUND]: 'its batch was not found on the node: is the folder of the runs shared with it?',
  127: 'Node was not found on the node; resources.launcher.node names it',
};

/** Ray kills what it stops after three seconds, unless this variable says otherwise. */
function runtimeEnvironment(given: Record<string, unknown>, grace: number): Record<string, unknown> {
  const variables = isRecord(given.env_vars) ? given.env_vars : {};
  return { ...given, env_vars: { RAY_JOB_STOP_WAIT_TIME_S: String(Math.ceil(grace) + 10), ...variables } };
}

const firstLine = ({ text }: RayAnswer): string => text.trim().split('\n').at(-1)!.slice(0, 300);

const unreachable = (address: string, found: string): FacecomError =>
  new FacecomError('ray-unreachable', `There is no Ray dashboard at ${address}.`, {
    found,
    expected: "the address of Ray's dashboard, such as http://head-node:8265",
    remedy:
      'Set resources.launcher.address, RAY_API_SERVER_ADDRESS or RAY_ADDRESS, or start Ray with ray start --head.',
    exitCode: 2,
  });

/** The token itself is printed nowhere. */
function unauthorized(address: string, { status }: RayAnswer): FacecomError {
  const token = rayToken();
  const what = token?.value ? `the token of ${token.from}` : 'no token';
  const missing = token && !token.value ? `: ${token.from} cannot be read or is empty` : '';
  return new FacecomError(
    'ray-refused',
    `Ray at ${address} ${token?.value ? 'refuses the token' : 'asks for a token'}.`,
    {
      found: `status ${status}, with ${what}${missing}`,
      expected: "the cluster's token",
      remedy: 'Set RAY_AUTH_TOKEN to it, or RAY_AUTH_TOKEN_PATH to a file that holds it.',
      exitCode: 2,
    },
  );
}
