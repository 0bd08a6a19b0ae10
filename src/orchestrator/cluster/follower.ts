import type { FSWatcher } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf } from '../../base/lines.ts';
import {
  eventsFile,
  jobOutput,
  listTasks,
  readClaim,
  readEnd,
  readEvents,
  type TaskEnd,
  tasksOfJob,
  trainerHolder,
} from '../../record/index.ts';
import { EngineError, type Explanation, type JobState, nameOf } from './engine.ts';
import type { Ledger } from './ledger.ts';
import { Overdue, overdueText } from './overdue.ts';
import { referencesOf, type Task } from './task.ts';
import { watchFolder } from './watch-folder.ts';

/** How often a task that its engine loses before it has begun is submitted again before that is a failure. */
const AGAIN = 3;
/** Seconds that an engine has to notice an end, and the longest pause before the last is looked for again when nothing else is awaited. */
const LINGER = 15;
const PATIENCE = 2;

/** Classes of an end that came from outside, as the engine tells it. */
const outside: ReadonlySet<string> = new Set(['interrupted', 'timeout', 'oom']);

/** A signal ended its job before it had finished, and none of the orchestrator's. */
const wasTold = ({ ending, runDir }: Task, { told, unbegun }: TaskEnd): boolean =>
  ending === undefined &&
  (unbegun === true || /^SIG/.test(told ?? '')) &&
  !readEvents(runDir).some(({ type }) => type === 'finished');

/**
 * Follows tasks to their ends: claims and ends in the folder of the jobs are the truth; the engine is polled, and explains an end that is
 * missing.
 */
export class Follower {
  private awake = new AbortController();
  /** Milliseconds of performance.now() of the last poll of the engine. */
  private asked = Number.NEGATIVE_INFINITY;
  /** To be submitted again. */
  private readonly lost: Task[] = [];
  private readonly overdue: Overdue;
  /** What the engine has said of jobs since it was polled last. */
  private readonly explained = new Map<string, Explanation | undefined>();
  private readonly watcher: FSWatcher | undefined;
  private readonly following: Promise<void>;

  /** `again`: submits a task that its engine has lost. */
  constructor(
    private readonly ledger: Ledger,
    private readonly again: (task: Task) => void,
  ) {
    this.overdue = new Overdue(ledger.options.engine, ledger.options.linger ?? LINGER);
    this.watcher = watchFolder(ledger.jobs, () => this.wake());
    this.following = this.follow();
  }

  /** The engine is polled now, not at its turn. */
  askSoon(): void {
    this.asked = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  /** At the end: jobs whose ends are in the record, and that their engine takes for running even so, would keep others' waiting. */
  async seeAllOff(): Promise<void> {
    const { leaving, contact, options } = this.ledger;
    for (let pause = 0.25; leaving.size > 0 && !contact.lost; pause *= 2) {
      const states = await options.engine.poll(referencesOf(leaving.values())).catch(() => undefined);
      if (!states) return;
      const isLast = pause > PATIENCE;
      await this.seeOff(states, isLast ? Number.POSITIVE_INFINITY : performance.now());
      if (isLast) return;
      if (leaving.size > 0) await this.ledger.pause(pause);
    }
  }

  /** After the ledger was closed. */
  async close(): Promise<void> {
    this.watcher?.close();
    this.wake();
    await this.following;
  }

  private wake(): void {
    this.awake.abort();
    this.awake = new AbortController();
  }

  private async follow(): Promise<void> {
    const { closed, options } = this.ledger;
    while (!closed.aborted) {
      const { signal } = this.awake;
      try {
        await this.look();
      } catch (error) {
        options.note(`${options.engine.name}: ${(error as Error).message}`);
      }
      if (!closed.aborted) await sleep(options.poll * 1000, undefined, { signal }).catch(() => {});
    }
  }

  private async look(): Promise<void> {
    const { ledger } = this;
    const open = ledger.all().filter(({ batch, over }) => batch && !over);
    if (open.length === 0) return;
    const listed = listTasks(ledger.jobs);
    for (const task of open) {
      const there = listed.get(nameOf(task.batch!.key, task.number));
      if (there?.has('end')) this.read(task);
      else if (there?.has('claim') && !task.hasBegun) this.claimed(task);
    }
    this.submitAgain();
    if (performance.now() - this.asked < ledger.options.poll * 1000) return;
    const left = open.filter(({ over, batch }) => !over && batch?.id !== undefined);
    if (left.length > 0) await this.askEngine(left);
  }

  private claimed(task: Task): void {
    const claim = readClaim(this.ledger.jobs, task.batch!.key, task.number);
    // An earlier command took it back, and did not live to write so.
    if (claim?.job === '') this.putBack(task);
    else task.begin(claim?.job);
  }

  /** Its job did not come to it, and none will any more. */
  private putBack(task: Task): void {
    if (task.ending !== undefined) this.ledger.conclude(task, { signal: 'SIGTERM' });
    else if (this.ledger.release(task)) this.lost.push(task);
    else
      this.ledger.conclude(task, {
        explained: {
          class: 'interrupted',
          message: 'Its job was told to end before its trainer was started.',
        },
      });
  }

  /** In one submission. */
  private submitAgain(): void {
    for (const task of this.lost.splice(0)) this.again(task);
  }

  private read(task: Task): void {
    const { jobs, options } = this.ledger;
    const { key } = task.batch!;
    const end = readEnd(jobs, key, task.number);
    if (!end) return;
    if (!end.unbegun) task.begin(readClaim(jobs, key, task.number)?.job);
    task.endSince ??= performance.now();
    const isEarly = performance.now() - task.endSince < options.visibility * 1000;
    if (isEarly && endOf(eventsFile(task.runDir)) < (end.events ?? 0)) return;
    if (isEarly && (task.toldEnd || wasTold(task, end))) {
      if (!task.toldEnd) this.asked = Number.NEGATIVE_INFINITY;
      task.toldEnd = end;
    } else this.settle(task, end);
  }

  /** `why`: what the engine says of the end of its job. */
  private settle(task: Task, end: TaskEnd, why?: Explanation): void {
    const { told, unbegun, events: _, ...exit } = end;
    if (why && 'cancelled' in why) this.ledger.conclude(task, why);
    else if (unbegun) this.putBack(task);
    else if (!wasTold(task, end)) this.ledger.conclude(task, exit);
    else {
      const message = `Its job was told to end by ${told}, and it saved.`;
      const known = why && outside.has(why.class) ? why : undefined;
      const saved = { class: 'interrupted' as const, message };
      const explained = exit.code === 0 && known?.class !== 'interrupted' ? saved : known;
      this.ledger.conclude(task, { ...exit, ...(explained ? { explained } : {}) });
    }
  }

  /** Its job has ended, after it was told to: by someone who cancelled it, or to make room for others. */
  private async settleTold(task: Task, end: TaskEnd): Promise<void> {
    try {
      this.settle(task, end, await this.explanationOf(task));
    } catch (error) {
      // It is asked again, for as long as ends are waited for.
      if (!(error instanceof EngineError && error.kind === 'unknown')) throw error;
    }
  }

  private async askEngine(tasks: readonly Task[]): Promise<void> {
    const { ledger } = this;
    const begun = performance.now();
    this.asked = begun;
    let states: Map<string, JobState>;
    try {
      states = await ledger.options.engine.poll(referencesOf([...tasks, ...ledger.leaving.values()]));
    } catch (error) {
      ledger.contact.silent((error as Error).message);
      return;
    }
    ledger.contact.answered();
    this.explained.clear();
    const held: Task[] = [];
    for (const task of tasks) {
      if (task.over || !task.batch) continue;
      const state = states.get(nameOf(task.batch.key, task.job));
      if (state?.phase === 'held') held.push(task);
      else await this.judge(task, state, begun);
    }
    if (held.length > 0) await this.free(held, states);
    this.submitAgain();
    await this.seeOff(states, begun);
    if (tasks.some(({ over, hasBegun }) => !over && !hasBegun)) await this.seeOthersOff();
  }

  /** What waits may wait for jobs of other sweeps that are long over. */
  private async seeOthersOff(): Promise<void> {
    const { note, engine } = this.ledger.options;
    const ended = await this.overdue.end();
    if (ended > 0) note(overdueText(engine.name, ended));
  }

  private async judge(task: Task, state: JobState | undefined, now: number): Promise<void> {
    const waited = task.waits || !task.hasBegun;
    task.waits = state?.phase === 'waiting' || (!task.hasBegun && state?.phase !== 'ended');
    const { toldEnd } = task;
    // It is in the queue again: for what made room for others, or was on a node that failed.
    if (toldEnd && state?.phase === 'waiting') this.settle(task, toldEnd);
    else if (toldEnd && state?.phase !== 'running') await this.settleTold(task, toldEnd);
    else if (state && state.phase !== 'ended') task.silentSince = undefined;
    else await this.judgeSilent(task, state, now, waited);
  }

  /** What its engine has ended, or does not know any more, and whose end the record does not tell. */
  private async judgeSilent(
    task: Task,
    state: JobState | undefined,
    now: number,
    waited: boolean,
  ): Promise<void> {
    const { ledger } = this;
    // What ended before it began, as it was asked to, or was killed, has nothing more to say.
    const taken = task.ending === 'save' && waited && /^(CANCELLED|STOPPED)/.test(state?.state ?? '');
    task.silentSince ??= now;
    if (taken || task.ending === 'kill') ledger.conclude(task, { signal: taken ? 'SIGTERM' : 'SIGKILL' });
    else if (now - task.silentSince >= ledger.options.visibility * 1000)
      await this.explain(task, state !== undefined);
  }

  /** The engine has ended it, or knows it no more, and no word of it came: the folder is looked at once more, then the engine's word counts. */
  private async explain(task: Task, known: boolean): Promise<void> {
    const { ledger } = this;
    const { engine } = ledger.options;
    const { key } = task.batch!;
    this.read(task);
    if (task.over || !task.batch || task.endSince !== undefined || this.givesSigns(task)) return;
    const said = jobOutput(ledger.jobs, key, task.job);
    let explained: Explanation | undefined;
    try {
      explained = await this.explanationOf(task);
    } catch (error) {
      // It is asked again.
      if (error instanceof EngineError && error.kind === 'unknown') return;
      throw error;
    }
    const words = said === '' ? '' : ` It printed: ${said.split('\n').at(-1)}`;
    const isCancelled = explained !== undefined && 'cancelled' in explained;
    if (!isCancelled && this.wasToFollow(task)) return;
    if (!known && explained === undefined && this.lostUnbegun(task)) return;
    if (explained === undefined)
      ledger.conclude(task, {
        explained: {
          class: 'lost',
          message: `${engine.name} does not know of the job ${task.claimant ?? key} any more (was it restarted?), and it left no word.${words}`,
        },
      });
    else if ('cancelled' in explained) ledger.conclude(task, { cancelled: explained.cancelled + words });
    else ledger.conclude(task, { explained: { ...explained, message: explained.message + words } });
  }

  /** What the engine says of its job, which is asked for once for all its tasks. Throws EngineError. */
  private async explanationOf(task: Task): Promise<Explanation | undefined> {
    const name = nameOf(task.batch!.key, task.job);
    if (!this.explained.has(name)) {
      const said = await this.ledger.options.engine.explain(
        referencesOf([task])[0]!,
        task.job,
        task.claimant,
      );
      this.explained.set(name, said);
    }
    return this.explained.get(name);
  }

  /** A trainer of its job lives: a controller that has lost the job does not decide that it has ended. */
  private givesSigns({ batch, job, runDir }: Task): boolean {
    const others = tasksOfJob(batch!, job).map((number) => batch!.tasks.get(number));
    return [runDir, ...others.map((task) => task && !task.over && task.runDir)].some(
      (folder) => folder && trainerHolder(folder),
    );
  }

  /** Its job has ended with a task before: that is no failure of those that were to follow, which another job takes over. */
  private wasToFollow(task: Task): boolean {
    if (task.hasBegun || task.ending !== undefined) return false;
    return task.batch!.begun.has(task.job) && this.takeBack(task);
  }

  /** A controller that was killed forgets jobs, and a restarted head node all: what had not begun is submitted again. */
  private lostUnbegun(task: Task): boolean {
    if (task.hasBegun || task.ending !== undefined || task.losses >= AGAIN) return false;
    const { engine, note } = this.ledger.options;
    if (task.losses++ === 0) note(`${engine.name} has lost a job that had not begun: it is submitted again.`);
    return this.takeBack(task);
  }

  /** Always true: a task that a job has claimed in this very moment has begun, and is judged at its turn. */
  private takeBack(task: Task): true {
    if (this.ledger.release(task)) this.lost.push(task);
    else this.claimed(task);
    return true;
  }

  /** The engine holds them, and will not start them by itself. */
  private async free(held: readonly Task[], states: ReadonlyMap<string, JobState>): Promise<void> {
    const { options, contact } = this.ledger;
    try {
      await options.engine.cancel(referencesOf(held), 'kill');
    } catch (error) {
      contact.silent((error as Error).message);
      return;
    }
    for (const task of held) {
      const { reason, state } = states.get(nameOf(task.batch!.key, task.job))!;
      if (this.lostUnbegun(task)) continue;
      const message = `${options.engine.name} holds the job and does not start it: ${reason ?? state}.`;
      this.ledger.conclude(task, { explained: { class: 'infrastructure', message } });
    }
  }

  /** Jobs whose end the record tells, and that the engine takes for running even so, keep others waiting: they are cancelled. */
  private async seeOff(states: Map<string, JobState>, now: number): Promise<void> {
    const { leaving, options, contact } = this.ledger;
    const lost = [];
    for (const [name, one] of leaving) {
      const phase = states.get(name)?.phase ?? 'ended';
      if (phase !== 'ended' && now - one.since < (options.linger ?? LINGER) * 1000) continue;
      leaving.delete(name);
      if (phase !== 'ended') lost.push(one);
    }
    if (lost.length > 0)
      await options.engine
        .cancel(referencesOf(lost), 'kill')
        .catch((error: Error) => contact.silent(error.message));
  }
}
