import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from '../../../record/index.ts';
import { callSlurm } from './call.ts';

/** Seconds by which Slurm may be late with its signal: it looks at its jobs now and then. */
const SLACK = 60;

/**
 * Puts this job of Slurm back into its queue where it is near its time limit, and waits for Slurm to end it. Returns false where that
 * is not why it was told to end, or where it was queued too often.
 */
export async function queueAgain(
  { key, lead, requeues = 0 }: Batch,
  say: (line: string) => unknown,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const { SLURM_JOB_ID: id, SLURM_RESTART_COUNT: count = '0' } = env;
  if (id === undefined || lead === undefined || Number(count) >= requeues) return false;
  try {
    const row = await callSlurm('squeue', ['-h', '-j', id, '-o', '%T|%L|%j']);
    const [state, left, name] = row.trim().split('|');
    const seconds = secondsOf(left ?? '');
    // A controller that has lost this job may have given its number to another.
    if (name !== key) return false;
    if (state !== 'RUNNING' || seconds === undefined || seconds > lead + SLACK) return false;
    say(
      `${seconds} seconds before its time limit: the run is saved and continues when Slurm starts it again.`,
    );
    await callSlurm('scontrol', ['requeue', id]);
  } catch (error) {
    say(`the job could not be queued again: ${(error as Error).message}`);
    return false;
  }
  // Slurm ends it in a moment.
  await sleep(120_000);
  return true;
}

/** `1-02:03:04`, `02:03:04`, `03:04` or `04` in seconds; undefined for what has no limit. */
export function secondsOf(text: string): number | undefined {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(?:(\d+):)?(\d+)$/.exec(text);
  if (!match) return undefined;
  const [days, first, second, last] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const [hours, minutes] = second === undefined ? [0, first ?? 0] : [first ?? 0, second];
  return (((days ?? 0) * 24 + hours) * 60 + minutes) * 60 + last!;
}
