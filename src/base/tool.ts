import { execa } from 'execa';
import { interrupted } from './interrupt.ts';

/**
 * Stands between this program and a tool: ends the tool and what it started when this program is gone, however it went. Ctrl-C in
 * a terminal reaches the whole group, so it is left to the program to decide.
 */
const GUARDIAN = `
const { spawn } = require('node:child_process');
const [file, ...args] = process.argv.slice(1);
const group = process.platform !== 'win32';
const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: group, windowsHide: true });
const end = () => { try { if (group) process.kill(-child.pid, 'SIGKILL'); else child.kill(); } catch {} };
child.on('error', (error) => { console.error(error.message); process.exit(127); });
child.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end);
for (const name of ['SIGINT', 'SIGHUP']) process.on(name, () => {});
`;

export interface ToolOptions {
  env?: Record<string, string | undefined>;
  signal?: AbortSignal;
  /** Each line of its output. */
  onLine?: (line: string) => void;
}

export interface ToolResult {
  exitCode: number;
  /** The last lines of its output. */
  tail: string[];
}

const TAIL = 40;

/**
 * Runs a program of another make (pip, uv, python) to its end, without a shell. It never outlives this process.
 * Throws FacecomError `interrupted` where the signal comes.
 */
export async function runTool(file: string, args: string[], options: ToolOptions = {}): Promise<ToolResult> {
  const { signal, onLine } = options;
  if (signal?.aborted) throw interrupted();
  const child = execa(process.execPath, ['-e', GUARDIAN, '--', file, ...args], {
    env: { ...options.env, NODE_OPTIONS: undefined },
    stdin: 'pipe',
    all: true,
    buffer: false,
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  const tail: string[] = [];
  for await (const line of child.iterable({ from: 'all' })) {
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
    onLine?.(line);
  }
  const { exitCode } = await child;
  if (signal?.aborted) throw interrupted();
  return { exitCode: exitCode ?? 1, tail };
}
