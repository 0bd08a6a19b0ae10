import { createServer, type Server, type ServerResponse } from 'node:http';

interface FakeRun {
  id: string;
  key: string;
  deleted: boolean;
}

/** As much of MLflow's API before version 3 as runs and models need, with the faults that a network between has. */
export class FakeMlflow {
  readonly runs: FakeRun[] = [];
  /** Creates are done twice, as by a proxy that repeats a request. */
  doubling = false;
  /** Creates are done, and their answer is lost. */
  losing: 'reset' | 'garbage' | undefined;
  /** Paths of artifacts that were stored, and what was asked of the registry, in order. */
  readonly stored: string[] = [];
  readonly registry: { path: string; body: Record<string, unknown> }[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'PUT') {
          this.stored.push(request.url!.replace('/api/2.0/mlflow-artifacts/artifacts/', ''));
          return void response.end('{}');
        }
        const body = Buffer.concat(chunks).toString();
        const { pathname, searchParams } = new URL(request.url!, 'http://127.0.0.1');
        this.answer(
          pathname.replace('/api/2.0/mlflow/', ''),
          body ? JSON.parse(body) : Object.fromEntries(searchParams),
          response,
        );
      });
    });
  }

  static async start(): Promise<FakeMlflow> {
    const fake = new FakeMlflow();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}/`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  create(key: string): FakeRun {
    const run = { id: `run${this.runs.length}`, key, deleted: false };
    this.runs.push(run);
    return run;
  }

  private answer(path: string, asked: any, response: ServerResponse): void {
    if (path === 'runs/create') {
      const { value } = asked.tags.find((tag: { key: string }) => tag.key === 'facecom.key');
      if (this.doubling) this.create(value);
      const run = this.create(value);
      if (this.losing === 'reset') return void response.destroy();
      if (this.losing === 'garbage') return void response.end('<html>');
      return void response.end(JSON.stringify({ run: this.describe(run) }));
    }
    if (path === 'runs/search') {
      const [, key] = /= '(.*)'$/.exec(asked.filter)!;
      const found = this.runs.filter((run) => run.key === key).map((run) => this.describe(run));
      return void response.end(JSON.stringify({ runs: found }));
    }
    if (path === 'runs/get') {
      const run = this.runs.find(({ id }) => id === asked.run_id);
      return void (run
        ? response.end(JSON.stringify({ run: this.describe(run) }))
        : response.writeHead(404).end());
    }
    if (path.startsWith('logged-models')) return void response.writeHead(404).end('<html>Not found</html>');
    if (path === '/version') return void response.end('2.14.1');
    if (/^(registered-models|model-versions)\//.test(path)) this.registry.push({ path, body: asked });
    if (path === 'model-versions/create')
      return void response.end(JSON.stringify({ model_version: { version: '4' } }));
    if (path === 'runs/delete') this.runs.find(({ id }) => id === asked.run_id)!.deleted = true;
    response.end('{}');
  }

  private describe({ id, key, deleted }: FakeRun): object {
    return {
      info: {
        run_id: id,
        run_name: id,
        experiment_id: '1',
        artifact_uri: `mlflow-artifacts:/1/${id}/artifacts`,
        lifecycle_stage: deleted ? 'deleted' : 'active',
      },
      data: { tags: [{ key: 'facecom.key', value: key }] },
    };
  }
}
