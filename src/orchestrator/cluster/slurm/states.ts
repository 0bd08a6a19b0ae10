import type { Explanation, JobState } from '../engine.ts';
import { CANNOT_WRITE, NOT_FOUND } from '../exit-codes.ts';

const waiting: ReadonlySet<string> = new Set([
  'PENDING',
  'CONFIGURING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'RESV_DEL_HOLD',
  'SPECIAL_EXIT',
  'SUSPENDED',
  'STOPPED',
]);
const running: ReadonlySet<string> = new Set(['RUNNING', 'COMPLETING', 'SIGNALING', 'STAGE_OUT', 'RESIZING']);

/** Why Slurm holds a job that it could not start, such as one whose number a node still has a job of. Nobody else's hold: that is waited for. */
const held = /launch failed requeued held/i;

/** The phase of a job in one of Slurm's states (squeue(1), JOB STATE CODES); what is followed by words counts by the first. */
export function phaseOf(state: string, reason = ''): JobState['phase'] {
  const word = state.split(/[\s+]/)[0]!;
  if (waiting.has(word)) return held.test(reason) ? 'held' : 'waiting';
  return running.has(word) ? 'running' : 'ended';
}

/** What it exits with where the shell finds no Node; of the job itself see cluster/job.ts. */
const codes: Record<number, string> = {
  [CANNOT_WRITE]: 'the run folder cannot be written on the node: is it shared, and not read-only there?',
  [NOT_FOUND]: 'its batch was not found on the node: is the folder of the runs shared with it?',
  126: 'Node cannot be executed on the node; resources.launcher.node names another',
  127: 'Node was not found on the node; resources.launcher.node names it, or resources.launcher.setup puts it on PATH',
};

/** Why a job ended that has left no word. `exit` is Slurm's `code:signal`; `said` what the job printed. */
export function explainState(
  job: string,
  state: string,
  { exit = '0:0', reason, said }: { exit?: string; reason?: string; said?: string } = {},
): Explanation {
  const [code, signal] = exit.split(':').map(Number) as [number, number];
  const word = state.split(/[\s+]/)[0]!;
  const besides = reason && !/^(None|\(null\))$/.test(reason) ? ` (${reason})` : '';
  const output = said ? `; it printed: ${said.split('\n').at(-1)}` : '';
  const ended = (what: string) => `Slurm's job ${job} ${what}${besides}${output}.`;
  switch (word) {
    case 'CANCELLED':
      return { cancelled: ended(`was cancelled outside of facecom${state.slice(9)}`) };
    case 'OUT_OF_MEMORY':
      return { class: 'oom', message: ended('took more memory than it had asked for') };
    case 'TIMEOUT':
    case 'DEADLINE':
      return { class: 'timeout', message: ended('reached its time limit before it had saved') };
    case 'PREEMPTED':
      return { class: 'interrupted', message: ended('was preempted') };
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return { class: 'infrastructure', message: ended('lost its node') };
    case 'FAILED': {
      const why = codes[code];
      if (why) return { class: 'infrastructure', message: ended(`did not start its trainer: ${why}`) };
      if (signal > 0) return { class: 'killed', message: ended(`was ended by signal ${signal}`) };
      return { class: 'infrastructure', message: ended(`failed with exit code ${code} and left no word`) };
    }
    case 'COMPLETED':
      return {
        class: 'infrastructure',
        message: ended(
          'has ended, and nothing of it is in the record: is the folder of the runs shared with its node?',
        ),
      };
    default:
      return { class: 'lost', message: ended(`is ${state || 'not known any more'}`) };
  }
}
