import { isAbsolute, join, resolve } from 'node:path';
import type { SweepOptions } from '../../cli/commands/sweep/command.ts';
import { concludeSweep } from '../../cli/commands/sweep/summary.ts';
import { watchSignals } from '../../cli/terminal/signals.ts';
import type { SweepView } from '../../cli/terminal/sweep-view.ts';
import { openSweepView } from '../../cli/terminal/sweep-view.ts';
import { availableMemory, listGpus, parseBytes } from '../../machine/index.ts';
import type { Job, Slot } from '../../orchestrator/index.ts';
import {
  Board,
  checkTrainer,
  endOrphan,
  endStrays,
  GpuPresence,
  Guard,
  linkRun,
  local,
  type Place,
  planSweep,
  runLabel,
  runSweep,
  StandbyLauncher,
  type SweepPlan,
  takeLock,
  trainerCommand,
  trainerEnvironment,
  type Work,
  waitFor,
} from '../../orchestrator/index.ts';
import { writeManifest } from '../../record/index.ts';
import type { Experiment, ResolvedExperiment } from '../../spec/index.ts';
import { chooseSlots } from '../choose-slots.ts';
import { expandTrials } from '../expand-trials.ts';
import { builtinTrainer, type Prepared, prepare } from '../prepare.ts';
import { followRuns } from './follow-runs.ts';
import { openRunFolder } from './open-run-folder.ts';

export interface TrialsOptions extends Omit<SweepOptions, 'dryRun' | 'set'> {
  /** Absolute path of the spec. */
  spec: string;
  set: string[];
  /** What relative paths of the spec and of its trainer are relative to. */
  cwd: string;
}

const DEFAULT_OBJECTIVE = { metric: 'val/combined', mode: 'max' } as const;

/**
 *   spec ─▶ trials with ids ─▶ lock ─▶ what is there already ─▶ slots ─▶ trainers ─▶ table, summary
 *
 * Gives the exit code.
 */
export async function runTrials(spec: ResolvedExperiment, options: TrialsOptions): Promise<number> {
  const say = (line: string) => {
    if (!options.quiet) process.stderr.write(`${line}\n`);
  };
  const warn = ({ code, message }: { code: string; message: string }) => say(`warning[${code}]: ${message}`);
  const signals = watchSignals(say);
  const guard = new Guard(spec.config.resources.grace);
  let unlock = () => {};
  try {
    const { config } = spec;
    const absolute = { ...spec, config: withAbsolutePath(config, options.cwd) };
    const expansion = await expandTrials(absolute, { signal: signals.stop, cwd: options.cwd });
    if (!spec.sweep) warn({ code: 'no-sweep', message: 'The spec has no sweep: it is one trial.' });
    for (const warning of expansion.warnings) warn(warning);
    const { trials, hashOf } = expansion;
    const prepared = await prepare(withAbsolutePath(trials[0]!.config, options.cwd), {
      note: say,
      signal: signals.stop,
      quiet: options.quiet ?? false,
    });
    for (const command of new Set(trials.map((trial) => trainerCommand(trial.config, builtinTrainer()))))
      checkTrainer(command, options.cwd);
    const objective = spec.sweep?.objective ?? DEFAULT_OBJECTIVE;
    const folder = join(options.runs, config.name);
    unlock = await takeLock(folder, { command: 'sweep', guard: guard.mark, note: say });
    endStrays(resolve(folder));
    const plan = planSweep(trials, { ...options, name: config.name, objective });
    for (const { run } of plan.work) if (run?.status === 'running') await endOrphan(run);
    const board = new Board(trials, objective);
    for (const [id, run] of plan.kept) board.found(id, run, 'finished');
    for (const [id, run] of plan.linked) board.found(id, run, 'linked');
    for (const [id, run] of plan.failed) board.found(id, run, 'failed');
    for (const run of plan.linked.values()) linkRun(options.runs, config.name, run);
    writeManifest(folder, {
      version: 1,
      sweep: config.name,
      spec: options.spec,
      set: options.set,
      cwd: options.cwd,
      time: Date.now(),
      objective,
      repeats: expansion.repeats,
      trials: trials.map(({ id, axes, seed, point, repeat }) => ({ id, axes, seed, point, repeat })),
    });
    const { slots, notes, gpus } = await chooseSlots(config, prepared, {
      maxParallel: options.maxParallel,
      trials: plan.work.length,
    });
    for (const note of notes) say(note);
    say(describePlan(config.name, trials.length, plan, slots));
    const view = await openSweepView({
      json: options.json ?? false,
      quiet: options.quiet ?? false,
      sweep: config.name,
      board,
      slots: slots.length,
    });
    const after = await followRuns({
      sweepDir: folder,
      runs: options.runs,
      config,
      note: (line) => view.note(line),
      charts: [...builtinTrainer().slice(0, -1), 'charts'],
    });
    const places = slots.map((slot) => makePlace(slot, prepared, options, guard));
    const presence = new GpuPresence(gpus, listGpus);
    const started = performance.now();
    const { memory } = config.resources;
    let outcome: Awaited<ReturnType<typeof runSweep>>;
    try {
      outcome = await runSweep({
        board,
        work: plan.work,
        places,
        folder,
        openRun: (work) =>
          openRunFolder(work, {
            runs: options.runs,
            spec,
            config: withAbsolutePath(work.trial.config, options.cwd),
            environment: prepared.environment,
            dataHash: hashOf(work.trial.config),
            cwd: options.cwd,
          }),
        jobOf: (work, slot, runDir): Job => ({
          runDir: resolve(runDir),
          command: trainerCommand(work.trial.config, builtinTrainer()),
          env: trainerEnvironment(slot),
          cwd: options.cwd,
        }),
        breaker: config.resources.circuit_breaker,
        ...signals,
        observer: both(view, after.observer),
        ...(memory === undefined
          ? {}
          : {
              memory: (signal) => waitFor(() => availableMemory() >= parseBytes(memory), signal),
            }),
        devicesThere: (slot, fresh) => presence.there(slot, fresh),
      });
    } finally {
      for (const { launcher } of places) if (launcher instanceof StandbyLauncher) launcher.close();
      view.close();
    }
    const seconds = (performance.now() - started) / 1000;
    const { url } = await after.close(signals);
    return concludeSweep({
      name: config.name,
      board,
      objective,
      plan,
      outcome,
      seconds,
      url,
      json: options.json,
    });
  } finally {
    unlock();
    guard.close();
    signals.release();
  }
}

/** The view, and what else follows the runs. */
function both(view: SweepView, after: Pick<SweepView, 'started' | 'event' | 'ended'>): SweepView {
  return {
    ...view,
    started: (row, details) => {
      after.started(row, details);
      view.started(row, details);
    },
    event: (row, event) => {
      after.event(row, event);
      view.event(row, event);
    },
    ended: (row) => {
      after.ended(row);
      view.ended(row);
    },
  };
}

/** A slot and what starts its trainers: the built-in one stands by. */
function makePlace(slot: Slot, { command, builtin }: Prepared, { cwd }: TrialsOptions, guard: Guard): Place {
  if (builtin) {
    const env = trainerEnvironment(slot);
    return {
      slot,
      launcher: new StandbyLauncher({
        command: [...command, '--standby'],
        env,
        cwd,
        onStart: (handle) => guard.watch(handle),
      }),
    };
  }
  const start = (job: Job) => {
    const handle = local.start(job);
    guard.watch(handle);
    return handle;
  };
  return { slot, launcher: { name: local.name, start } };
}

/** A run goes on from any working folder. */
function withAbsolutePath(config: Experiment, cwd: string): Experiment {
  const { path } = config.data;
  if (path === undefined || isAbsolute(path)) return config;
  return { ...config, data: { ...config.data, path: resolve(cwd, path) } };
}

function describePlan(name: string, trials: number, plan: SweepPlan, slots: readonly Slot[]): string {
  const { work, kept, linked, failed, held, vanished } = plan;
  const goesOn = work.filter(({ run }: Work) => run && run.starts > 0).length;
  const parts = [
    `${trials} trials`,
    ...(kept.size > 0 ? [`${kept.size} finished`] : []),
    ...(linked.size > 0 ? [`${linked.size} finished in other sweeps`] : []),
    ...(goesOn > 0 ? [`${goesOn} to go on`] : []),
    ...(failed.size > 0 ? [`${failed.size} failed (--failed runs them again)`] : []),
    ...(work.length > 0 ? [`${work.length} to run`] : []),
  ];
  const lines = held.map(({ dir }) => `${runLabel(name, dir)} is left to the process that runs it.`);
  lines.push(`sweep ${name}: ${parts.join(', ')}`);
  if (vanished.length > 0) {
    const names = vanished.slice(0, 5).map(({ trial, attempt }) => `${trial}-${attempt}`);
    const more = vanished.length > 5 ? `, … (${vanished.length} in all)` : '';
    lines.push(`not in the spec any more, and left as they are: ${names.join(', ')}${more}`);
  }
  if (work.length > 0) {
    const devices = [...new Set(slots.flatMap((slot) => slot.devices))].join(', ');
    const at = slots.length === 1 ? 'one at a time' : `${slots.length} at a time`;
    const { threads } = slots[0]!;
    lines.push(`${at} on ${devices}, ${threads === 1 ? '1 thread' : `${threads} threads`} each`);
  }
  return lines.join('\n');
}
