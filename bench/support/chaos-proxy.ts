import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../src/base/random.ts';

/** What is done to a request; each is as likely as its number says. */
const faults = {
  /** Cut before it reached the server. */
  refused: 0.04,
  /** Reached the server, and its answer was lost. */
  lost: 0.04,
  /** Reached the server twice. */
  doubled: 0.04,
  /** Up to half a second late. */
  delayed: 0.05,
  /** Answered by another program: a login page, an error of a gateway, nothing. */
  wrong: 0.04,
};

export type Fault = keyof typeof faults | 'passed';

const others: [status: number, body: string][] = [
  [200, '<html>Sign in</html>'],
  [200, 'null'],
  [200, ''],
  [502, 'Bad gateway'],
  [503, ''],
  [200, '[]'],
];

/** A proxy before a server that does to its requests what networks do. */
export class ChaosProxy {
  readonly counts: Record<Fault, number> = {
    refused: 0,
    lost: 0,
    doubled: 0,
    delayed: 0,
    wrong: 0,
    passed: 0,
  };
  /** Address of the server behind it; undefined while it is down. */
  target: string | undefined;
  private readonly random: Random;
  private readonly server: Server;

  private constructor(target: string, seed: number) {
    this.target = target;
    this.random = new Random(seed, 'chaos');
    this.server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));
  }

  static async start(target: string, seed: number): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target, seed);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}/`;
  }

  get requests(): number {
    return Object.values(this.counts).reduce((a, b) => a + b);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private choose(): Fault {
    let at = this.random.uniform();
    for (const [fault, share] of Object.entries(faults) as [Fault, number][]) {
      if (at < share) return fault;
      at -= share;
    }
    return 'passed';
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = this.choose();
    this.counts[fault]++;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (fault === 'refused' || this.target === undefined) return void outgoing.destroy();
    if (fault === 'wrong') {
      const [status, text] = others[Math.floor(this.random.uniform() * others.length)]!;
      return void outgoing.writeHead(status).end(text);
    }
    if (fault === 'delayed') await sleep(this.random.uniform() * 500);
    try {
      if (fault === 'doubled') await this.forward(incoming, body);
      const { status, text, type } = await this.forward(incoming, body);
      if (fault === 'lost') return void outgoing.destroy();
      outgoing.writeHead(status, { 'content-type': type }).end(text);
    } catch {
      outgoing.destroy();
    }
  }

  private forward(
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; text: Buffer; type: string }> {
    return new Promise((resolve, reject) => {
      if (this.target === undefined) return reject(new Error('The server is down.'));
      const { host: _, connection: __, ...headers } = incoming.headers;
      const sent: ClientRequest = request(
        new URL(incoming.url!, this.target),
        { method: incoming.method, headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode!,
              text: Buffer.concat(chunks),
              type: answer.headers['content-type'] ?? 'text/plain',
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
