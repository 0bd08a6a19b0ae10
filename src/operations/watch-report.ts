import { statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FacecomError } from '../base/errors.ts';
import { hash } from '../base/random.ts';
import { lockHolder, runFoldersUnder, runStatus } from '../record/index.ts';
import { type ReportTarget, reportTarget } from './report.ts';

export interface WatchOptions {
  /** Folder of the run folders; `runs` if left out. */
  runs?: string;
  /** A free one if left out. */
  port?: number;
  note?: (line: string) => void;
}

export interface WatchedReport {
  /** The page's address, on this machine alone. */
  url: string;
  kind: 'run' | 'sweep';
  dir: string;
  close(): Promise<void>;
}

/**
 * Serves the page of a run or a sweep, made anew as its record grows. Only this machine reaches it, and only under its own name: a page of
 * another site is refused. Throws `run-not-found`, `run-ambiguous`, `report-watch`.
 */
export async function watchReport(text: string, options: WatchOptions = {}): Promise<WatchedReport> {
  const { runs = 'runs', port = 0, note = () => {} } = options;
  const target = reportTarget(text, runs);
  const pages = pagesOf(target, note);
  const server = createServer((request, answer) => {
    void respond(request.url ?? '/', request.headers.host ?? '', answer, pages, () => address(server));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    throw new FacecomError('report-watch', 'The report cannot be served.', {
      found: (error as Error).message,
      expected: 'a free port of 127.0.0.1',
      remedy: 'Give another --port, or none.',
      exitCode: 2,
      cause: error,
    });
  }
  return {
    url: `http://${address(server)}/`,
    kind: target.kind,
    dir: target.dir,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const address = (server: ReturnType<typeof createServer>): string =>
  `127.0.0.1:${(server.address() as AddressInfo).port}`;

interface Pages {
  state(): { version: string; active: boolean };
  page(): Promise<string>;
}

async function respond(
  url: string,
  host: string,
  answer: ServerResponse,
  pages: Pages,
  own: () => string,
): Promise<void> {
  const send = (status: number, type: string, body: string) => {
    answer.writeHead(status, {
      'content-type': `${type}; charset=utf-8`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    answer.end(body);
  };
  // Another name that leads here is a page of another site (DNS rebinding).
  if (host !== own() && host !== own().replace('127.0.0.1', 'localhost'))
    return send(403, 'text/plain', 'no');
  try {
    if (url === '/' || url === '/page') send(200, 'text/html', await pages.page());
    else if (url === '/state') send(200, 'application/json', JSON.stringify(pages.state()));
    else send(404, 'text/plain', 'not found');
  } catch (error) {
    send(500, 'text/plain', (error as Error).message);
  }
}

/** Made when it is asked for, once for each state of the record. */
function pagesOf(target: ReportTarget, note: (line: string) => void): Pages {
  let made: { version: string; text: Promise<string> } | undefined;
  const state = () => stateOf(target);
  return {
    state,
    page: async () => {
      const { version } = state();
      if (made?.version !== version) {
        const { livePage } = await import('../report/index.ts');
        made = { version, text: livePage(target, { version, note }) };
        made.text.catch(() => {
          made = undefined;
        });
      }
      return made.text;
    },
  };
}

/** A version that changes with the record, and whether something is at work. */
function stateOf({ kind, dir }: ReportTarget): { version: string; active: boolean } {
  const runs = kind === 'run' ? [dir] : runFoldersUnder(dir);
  const sizes = [
    ...runs.flatMap((run) => [join(run, 'events.jsonl'), join(run, 'state.jsonl')]),
    join(dir, 'sweep.json'),
  ]
    .map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0)
    .join();
  const statuses = runs.map((run) => runStatus(run));
  const active =
    lockHolder(dir) !== undefined || statuses.some((status) => status === 'running' || status === 'retrying');
  return { version: (hash(runs.length, [sizes, statuses.join()]) >>> 0).toString(16), active };
}
