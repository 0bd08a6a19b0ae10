import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A process that stays and measures on request: a line of JSON in, a line of JSON out.
 * While it is not asked it is stopped (SIGSTOP), so that its threads do not spin beside the other side's measurement.
 */
export class Worker {
  private readonly child: ChildProcess;
  private readonly what: string;
  private readonly lines: AsyncIterator<string>;
  private errors = '';

  constructor(
    what: string,
    command: readonly string[],
    options: { env?: Record<string, string | undefined>; cwd?: string } = {},
  ) {
    this.what = what;
    this.child = spawn(command[0]!, command.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-4000);
    });
    this.child.on('error', (error) => {
      this.errors += error.message;
    });
    // Stopped processes do not notice that this one has ended.
    const end = () => this.child.kill('SIGKILL');
    process.once('exit', end);
    this.child.once('exit', () => process.off('exit', end));
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The process's first line: what it is. Wait for it before the first request. */
  async ready<T>(): Promise<T> {
    const answer = await this.answer<T>();
    this.pause();
    return answer;
  }

  async ask<T>(request: object): Promise<T> {
    this.child.kill('SIGCONT');
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = await this.answer<T>();
    this.pause();
    return answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  private pause(): void {
    this.child.kill('SIGSTOP');
  }

  private async answer<T>(): Promise<T> {
    for (;;) {
      const next = await this.lines.next();
      if (next.done) throw new Error(`${this.what} ended before it answered.\n${this.errors}`);
      if (!next.value.startsWith('{')) continue;
      const answer = JSON.parse(next.value) as T & { error?: string };
      if (answer.error) throw new Error(`${this.what}: ${answer.error}`);
      return answer;
    }
  }
}
