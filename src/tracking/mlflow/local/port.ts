import { createServer } from 'node:net';
import { FacecomError } from '../../../base/errors.ts';

const USUAL = 5000;

/** The port that was asked for; else the usual one, one of the next, or any that is free. Throws FacecomError `port-in-use`. */
export async function choosePort(asked?: number): Promise<number> {
  if (asked !== undefined) {
    if (await isFree(asked)) return asked;
    throw new FacecomError('port-in-use', `Port ${asked} is in use.`, {
      found: `something that is not the server of this folder answers at 127.0.0.1:${asked}`,
      remedy: 'Give another one with --port, or leave it out: a free one is then chosen.',
      exitCode: 2,
    });
  }
  for (let port = USUAL; port < USUAL + 20; port++) if (await isFree(port)) return port;
  return anyPort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
