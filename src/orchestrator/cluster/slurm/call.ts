import { join } from 'node:path';
import { execa } from 'execa';
import { EngineError } from '../engine.ts';

/** What the programs of Slurm print where the call may have been carried out or not, or nobody answers. */
const unreachable =
  /Socket timed out|Unable to contact slurm controller|Connection (refused|timed out|reset)|Zero Bytes were transmitted|Communication connection failure|Transport endpoint|Message receive failure|Unexpected message received|Slurm backup controller in standby|Slurm controller not responding|(Unable to|Could not) establish (a )?(configuration source|control)|Unable to connect to database|Insane message length/i;

/** What a queue says that takes no more for now. */
const full =
  /job submit limit|QOSMaxSubmit|AssocMaxSubmit|AssocGrpSubmit|MaxSubmitJobs|Job violates accounting\/QOS policy|maximum job count|Slurm temporarily unable to accept job|Resource temporarily unavailable|too many (jobs|requests)|rate limit/i;

/** What sbatch says of a full queue before it waits and tries again by itself, for two minutes in all. */
const waits = /sleeping and retrying/i;

/** Milliseconds that a program of Slurm may take: its own patience (MessageTimeout) is 10 s, which sites raise. */
const PATIENCE = 120_000;

/** Runs a program of Slurm, from a folder or from PATH, and returns its output. Throws EngineError. */
export async function callSlurm(
  program: string,
  args: readonly string[],
  { input, folder = '' }: { input?: string | undefined; folder?: string | undefined } = {},
): Promise<string> {
  const running = execa(join(folder, program), args, {
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    reject: false,
    timeout: PATIENCE,
    // Its words are read.
    env: { LC_ALL: 'C', SLURM_TIME_FORMAT: 'standard' },
    maxBuffer: 256 << 20,
  });
  // Nothing is under way while it sleeps, and fewer jobs may find room.
  running.stderr.on('data', (text: Buffer) => {
    if (waits.test(text.toString())) running.kill('SIGKILL');
  });
  const result = await running;
  if (!result.failed) return result.stdout;
  const { code } = (result.cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'EACCES')
    throw new EngineError('refused', `${program} is not on PATH (${code}).`);
  const words = `${result.stderr}\n${result.stdout}`.trim();
  const lines = words.split('\n').map((line) => line.replace(/^\w+: (error: |fatal: )?/, ''));
  const message = `${program}: ${lines.slice(-3).join('; ') || result.shortMessage}`;
  if (result.timedOut || unreachable.test(words)) throw new EngineError('unknown', message);
  throw new EngineError(full.test(words) ? 'full' : 'refused', message);
}
