import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../base/process.ts';

/**
 * What a trainer starts in a session of its own leaves its process group, and has its environment still: each start of a trainer puts
 * a secret there, which is written into the run's state and given to the guard. Only what has such a secret is ended, and never a
 * process that this one descends from: a shell that was opened inside a trainer.
 */
export const SECRET = 'FACECOM_START';

/** What one start of a trainer may leave behind. */
export class Leftovers {
  /** Nobody else can have it by chance. */
  readonly secret = randomUUID();
  /** Resolves when it was looked for, and nothing is left. */
  readonly cleared: Promise<void>;
  private resolve!: () => void;

  constructor() {
    this.cleared = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  async clear(options: EndOptions): Promise<void> {
    await endStrays((secret) => secret === this.secret, options);
    this.resolve();
  }
}

/** Seconds that what was left behind has between SIGTERM and SIGKILL: its trainer has ended, there is nothing to be saved. */
const GRACE = 2;

/** Where the system does not tell (it is no Linux), nothing is found. */
export interface Stray {
  pid: number;
  /** The variables of its environment that facecom sets. */
  variables: ReadonlyMap<string, string>;
}

/** Processes that have a secret of a start which is meant, this one and its ancestors left out. */
export function findStrays(isMeant: (secret: string, variables: Stray['variables']) => boolean): Stray[] {
  if (process.platform !== 'linux') return [];
  const found: Stray[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const variables = ownVariables(pid);
    const secret = variables.get(SECRET);
    if (secret !== undefined && isMeant(secret, variables)) found.push({ pid, variables });
  }
  if (found.length === 0) return found;
  const line = ancestry();
  return found.filter(({ pid }) => !line.has(pid));
}

export interface EndOptions {
  /** Seconds after SIGTERM; 0: killed at once. */
  grace?: number;
  /** Aborted: killed without more ado. */
  kill?: AbortSignal;
}

/** Ends processes: SIGTERM, and SIGKILL for what is there after the grace. Looks again until none is found. */
export async function endStrays(
  isMeant: (secret: string, variables: Stray['variables']) => boolean,
  { grace = GRACE, kill }: EndOptions = {},
): Promise<void> {
  const asked = new Set<number>();
  const until = performance.now() + Math.min(grace, GRACE) * 1000;
  // One that starts another while it is killed is met again; what cannot be ended (it waits for a disk) is left.
  for (let looks = 0; looks < 500; looks++) {
    const strays = findStrays(isMeant);
    if (strays.length === 0) return;
    const late = kill?.aborted === true || performance.now() >= until;
    for (const { pid } of strays) {
      if (late) sendSignal(pid, 'SIGKILL');
      else if (!asked.has(pid)) sendSignal(pid, 'SIGTERM');
      asked.add(pid);
    }
    await sleep(20);
  }
}

function ownVariables(pid: number): Map<string, string> {
  try {
    const text = readFileSync(`/proc/${pid}/environ`, 'latin1');
    if (!text.includes(`${SECRET}=`)) return new Map();
    const pairs = text.split('\0').filter((pair) => pair.startsWith('FACECOM_'));
    return new Map(
      pairs.map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), Buffer.from(pair.slice(at + 1), 'latin1').toString()];
      }),
    );
  } catch {
    // Of another user, or gone by now.
    return new Map();
  }
}

/** This process and those that it descends from. */
function ancestry(): Set<number> {
  const line = new Set<number>();
  for (let pid: number | undefined = process.pid; pid !== undefined && pid > 0 && !line.has(pid); ) {
    line.add(pid);
    pid = parentOf(pid);
  }
  return line;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
