import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MlflowClient } from '../client.ts';
import { artifactStore } from './folder.ts';
import { address } from './state.ts';

/**
 * Whether what answers at a port is the server of this folder: it can hand out a file that was laid there a moment ago. A server of
 * another folder, of a copy of this one or another program cannot.
 */
export async function isServerOf(folder: string, port: number, signal?: AbortSignal): Promise<boolean> {
  const name = `.check-${randomUUID()}`;
  const file = join(artifactStore(folder), name);
  try {
    writeFileSync(file, name);
    const connection = { base: address(port), headers: {} };
    const policy = { retries: 1, backoff: 0.2, timeout: 10 };
    return (await new MlflowClient(connection, { policy, signal }).getArtifact(name)) === name;
  } catch {
    return false;
  } finally {
    rmSync(file, { force: true });
  }
}
