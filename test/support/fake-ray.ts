import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

interface FakeJob {
  submission_id: string;
  status: string;
  child?: ChildProcess;
}

/**
 * Stands in for Ray's dashboard where a fault of it is wanted: jobs are processes of this machine. `faults` holds what the next requests
 * for a job are answered with in place of a job: a status, or `stillborn`, a job that nobody starts.
 */
export async function startFakeRay(t: TestContext) {
  const jobs = new Map<string, FakeJob>();
  const posts: string[] = [];
  const stops: string[] = [];
  const faults: Array<number | 'stillborn'> = [];
  const submit = ({ submission_id, entrypoint }: { submission_id: string; entrypoint: string }) => {
    posts.push(submission_id);
    const fault = faults.shift();
    if (typeof fault === 'number') return [fault, { error: 'not now' }] as const;
    if (jobs.has(submission_id))
      return [500, `ValueError: Job with submission_id ${submission_id} already exists.`] as const;
    const job: FakeJob = { submission_id, status: 'PENDING' };
    jobs.set(submission_id, job);
    if (fault === 'stillborn') return [200, { submission_id }] as const;
    job.status = 'RUNNING';
    job.child = spawn('/bin/sh', ['-c', entrypoint], { detached: true, stdio: 'ignore' });
    job.child.on('exit', (code) => {
      if (job.status !== 'STOPPED') job.status = code === 0 ? 'SUCCEEDED' : 'FAILED';
    });
    return [200, { submission_id }] as const;
  };
  const signal = ({ child }: FakeJob, name: NodeJS.Signals) => {
    try {
      process.kill(-child!.pid!, name);
    } catch {
      // It has ended.
    }
  };
  const answer = (method: string, path: string, body: string): readonly [number, unknown] => {
    if (path === '/api/version') return [200, { ray_version: 'fake' }];
    if (path.startsWith('/nodes')) return [200, { data: { summary: [] } }];
    const [, id, stop] = /^\/api\/jobs\/([^/]*)(\/stop)?$/.exec(path) ?? [];
    if (method === 'POST' && id === '') return submit(JSON.parse(body));
    if (id === '') return [200, [...jobs.values()].map(({ child: _, ...job }) => job)];
    const job = jobs.get(decodeURIComponent(id ?? ''));
    if (!job) return [404, {}];
    if (stop) {
      stops.push(job.submission_id);
      job.status = 'STOPPED';
      signal(job, 'SIGTERM');
      return [200, { stopped: true }];
    }
    const { child: _, ...shown } = job;
    return [200, shown];
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const [status, body] = answer(request.method!, request.url!, text);
      response.writeHead(status).end(JSON.stringify(body));
    });
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const forget = () => {
    for (const job of jobs.values()) if (job.child) signal(job, 'SIGKILL');
    jobs.clear();
  };
  t.after(() => {
    forget();
    server.close();
  });
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  /** `forget`: as if its head had been killed and started again; `close`: it answers no more, until it `listen`s. */
  return {
    ...{ address: `http://127.0.0.1:${port}`, posts, stops, faults, forget, close },
    listen: () => listen(port),
  };
}
