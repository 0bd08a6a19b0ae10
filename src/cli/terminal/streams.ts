import { writeSync } from 'node:fs';

/** The reader has gone: a pipe was closed, or the terminal of a session. */
const GONE = new Set(['EPIPE', 'EIO', 'EBADF', 'ERR_STREAM_DESTROYED']);

/**
 * Keeps output that nobody takes from ending the program. A command that `works` (trains, sends) continues without output; one that only
 * prints ends quietly with the exit code that it has by then. A full disk is reported once; a command that only prints then fails.
 */
export function guardStreams({ works }: { works: boolean }): void {
  let reported = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      silence(stream);
      if (error.code === 'EIO' && stream.isTTY) endByHangup();
      if (GONE.has(error.code ?? '')) {
        if (!works && stream === process.stdout) process.exit();
        return;
      }
      if (!reported && stream === process.stdout) {
        reported = true;
        printAtOnce(`error[output-lost]: The output could not be written: ${error.message}\n`);
      }
      if (!works) process.exit(process.exitCode || 1);
    });
  }
}

let hangingUp = false;

/** Node aborts as it resets a terminal that is gone; ending by SIGHUP, as other programs do then, comes before that. */
function endByHangup(): void {
  if (hangingUp) return;
  hangingUp = true;
  process.on('exit', () => {
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

/** What is written later is dropped; who waits for it is told that it was written. */
function silence(stream: NodeJS.WriteStream): void {
  stream.write = ((_chunk: unknown, encoding?: unknown, done?: unknown) => {
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  }) as typeof stream.write;
}

/** Not through the stream, which the process may not live to see emptied. */
function printAtOnce(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody reads that either.
  }
}
