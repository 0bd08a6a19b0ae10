import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { freePorts } from '../../test/support/ports.ts';

export interface Ray {
  /** Of its dashboard. */
  address: string;
  /** Of its own protocol, for its Python library. */
  gcs: string;
  /** kill -9 of the head: its servers and all workers of its node. */
  kill(): void;
  start(): Promise<void>;
  close(): void;
}

/** A Ray of one node with two processors, with its own ports and folder, from the virtual environment of a python. */
export async function startRay(python: string): Promise<Ray> {
  // Short: the paths of its sockets have 107 letters at most.
  const folder = mkdtempSync(join(tmpdir(), 'fcr-'));
  const [port, dashboard] = await freePorts(2);
  const address = `http://127.0.0.1:${dashboard}`;
  const start = async () => {
    await execa(
      join(dirname(python), 'ray'),
      [
        ...['start', '--head', `--port=${port}`, `--dashboard-port=${dashboard}`, '--num-cpus=2'],
        ...['--dashboard-host=127.0.0.1', '--node-ip-address=127.0.0.1', `--temp-dir=${folder}`],
        ...['--disable-usage-stats', '--object-store-memory=200000000', '--dashboard-agent-listen-port=0'],
      ],
      { stdin: 'ignore' },
    );
    for (let waited = 0; waited < 60; waited++) {
      const answer = await fetch(`${address}/api/version`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(500);
    }
    throw new Error('Ray did not start.');
  };
  const kill = () => {
    for (const pid of processesWith(folder)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  };
  await start();
  return {
    ...{ address, gcs: `127.0.0.1:${port}`, kill, start },
    close: () => {
      kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Processes that were started with a folder among their arguments. */
function processesWith(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}
