import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { readState, type StateEntry } from '../../src/record/index.ts';
import { binary } from './program.ts';

/** What the shell scripts of these tests begin with: `event JSON` appends an event, `finish VALUE` the last one. */
const PREAMBLE = `#!/bin/sh
cd "$FACECOM_RUN_DIR" || exit 9
event() { printf '%s\\n' "$1" >> events.jsonl; }
finish() { event "{\\"type\\":\\"finished\\",\\"time\\":1,\\"metrics\\":{\\"val/combined\\":\${1:-0.5}}}"; }
`;

/** Writes `NAME.sh` and `NAME.yaml`, an experiment whose trainer it is. Returns the spec's file name. */
export function writeExperiment(
  cwd: string,
  script: string,
  { name = 'exp', resources = {}, more = {} }: { name?: string; resources?: object; more?: object } = {},
): string {
  const file = join(cwd, `${name}.sh`);
  writeFileSync(file, PREAMBLE + script);
  chmodSync(file, 0o755);
  const spec = {
    name,
    trainer: { command: [`./${name}.sh`] },
    resources: { retry_delay: 0.01, ...resources },
    tracking: { mlflow: 'off' },
    ...more,
  };
  // JSON is YAML.
  writeFileSync(join(cwd, `${name}.yaml`), JSON.stringify(spec));
  return `${name}.yaml`;
}

/** The newest run of an experiment. */
export function runOf(cwd: string, name = 'exp') {
  const folder = join(cwd, 'runs', name);
  const found = existsSync(folder) ? readdirSync(folder).filter((entry) => /-\d+$/.test(entry)) : [];
  const dir = join(folder, found.sort().at(-1) ?? 'none-0');
  return {
    dir,
    states: (): StateEntry[] => readState(dir),
    text: (file: string) => readFileSync(join(dir, file), 'utf8'),
    json: (file: string) => JSON.parse(readFileSync(join(dir, file), 'utf8')),
  };
}

/** Starts the real program and leaves it running. */
export function start(args: string[], cwd: string, env: Record<string, string> = {}) {
  return execa(process.execPath, [binary, ...args], {
    cwd,
    env: { NO_COLOR: '1', ...env },
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
  });
}

/** Waits until something is so; throws after two minutes, which is long for a machine that has much else to do. */
export async function until(what: string, done: () => boolean): Promise<void> {
  for (let i = 0; !done(); i++) {
    if (i > 6000) throw new Error(`It did not come to it: ${what}.`);
    await sleep(20);
  }
}

/** Whether a process is there, and not just waited for. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
