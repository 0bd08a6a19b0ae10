import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { yieldCores } from '../../base/process.ts';

/** Draws the charts of runs that have ended in a process of its own, at low priority: trainers come first. */
export class ChartWriter {
  private readonly command: readonly string[];
  private readonly waiting = new Map<string, () => void>();
  private child: ChildProcess | undefined;

  /** Program and arguments of `facecom charts`. */
  constructor(command: readonly string[]) {
    this.command = command;
  }

  /** Resolves when the charts are drawn, or cannot be. */
  write(runDir: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(runDir, resolve);
      this.child ??= this.start();
      this.child.stdin!.write(`${runDir}\n`);
    });
  }

  close(): void {
    this.child?.kill('SIGKILL');
    this.release();
  }

  private start(): ChildProcess {
    const [program, ...args] = this.command;
    const child = spawn(program!, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      // A session of its own, whose share of the cores can be set.
      detached: true,
    });
    // Its input ends with this process, and it with its input.
    child.unref();
    for (const stream of [child.stdin, child.stdout] as unknown as { unref(): void }[]) stream.unref();
    if (child.pid !== undefined) yieldCores(child.pid);
    child.stdin.on('error', () => {});
    child.on('error', () => this.release());
    child.on('exit', () => this.release());
    createInterface({ input: child.stdout }).on('line', (runDir) => {
      this.waiting.get(runDir)?.();
      this.waiting.delete(runDir);
    });
    return child;
  }

  private release(): void {
    for (const done of this.waiting.values()) done();
    this.waiting.clear();
    this.child = undefined;
  }
}
