import { readdirSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { chooseSlot, type Prepared, prepare } from '../../../operations/index.ts';
import type { Outcome } from '../../../orchestrator/index.ts';
import {
  type ExecuteOptions,
  endOrphan,
  execute,
  Guard,
  local,
  takeLock,
  trainerEnvironment,
} from '../../../orchestrator/index.ts';
import { appendState, createRunFolder, runName, scanRun } from '../../../record/index.ts';
import { type Experiment, readExperiment } from '../../../spec/index.ts';
import { trialId } from '../../../sweep/index.ts';
import type { Closed } from '../../../tracking/index.ts';
import { openView } from '../../terminal/run-view.ts';
import { scoreTable } from '../../terminal/score-table.ts';
import { watchSignals } from '../../terminal/signals.ts';
import type { RunOptions } from './command.ts';

/** Runs one experiment. Gives the exit code. */
export async function run(spec: string, options: RunOptions): Promise<number> {
  const resolved = await readExperiment(spec, { set: options.set ?? [] });
  const config = withAbsolutePath(resolved.config);
  if (options.dryRun) return printConfig(resolved.config, options);
  const say = (line: string) => {
    if (!options.quiet) process.stderr.write(`${line}\n`);
  };
  const signals = watchSignals(say);
  try {
    const prepared = await prepare(config, {
      note: say,
      signal: signals.stop,
      quiet: options.quiet ?? false,
    });
    const runDir = createRunFolder(
      { runs: options.runs, name: config.name, trial: trialId(resolved.config, prepared.dataHash) },
      { config, spec: resolved.text, origins: resolved.origins, environment: prepared.environment },
    );
    appendState(runDir, { state: 'queued' });
    const id = `${config.name}/${folderName(runDir)}`;
    say(`run ${id} in ${shownPath(runDir)}`);
    return await runFolder(runDir, id, config, prepared, options, signals);
  } finally {
    signals.release();
  }
}

/** Runs what a run folder says, to its end. Gives the exit code. */
export async function runFolder(
  runDir: string,
  id: string,
  config: Experiment,
  prepared: Prepared,
  options: Pick<RunOptions, 'json' | 'quiet' | 'runs'>,
  signals: { stop: AbortSignal; kill: AbortSignal },
  cwd = process.cwd(),
): Promise<number> {
  const slot = await chooseSlot(config, prepared);
  const guard = new Guard(config.resources.grace);
  let unlock = () => {};
  try {
    unlock = await takeLock(runDir, {
      command: 'run',
      guard: guard.mark,
      note: (line) => process.stderr.write(`${line}\n`),
    });
    const left = scanRun(runDir, { state: true });
    if (left) await endOrphan(left);
    const start = () => {
      const env = trainerEnvironment(slot);
      const handle = local.start({ runDir: resolve(runDir), command: prepared.command, env, cwd });
      guard.watch(handle);
      return handle;
    };
    return await superviseRun(runDir, id, config, { start, devices: slot.devices }, options, signals);
  } finally {
    unlock();
    guard.close();
  }
}

async function superviseRun(
  runDir: string,
  id: string,
  config: Experiment,
  trainer: Pick<ExecuteOptions, 'start' | 'devices'>,
  options: Pick<RunOptions, 'json' | 'quiet' | 'runs'>,
  signals: { stop: AbortSignal; kill: AbortSignal },
): Promise<number> {
  const started = performance.now();
  const view = await openView({ json: options.json ?? false, quiet: options.quiet ?? false, run: id });
  const { trackRun } = await import('../../../tracking/index.ts');
  let say = view.note;
  const tracker = trackRun({ runDir, runs: options.runs, config, note: (line) => say(line) });
  let outcome: Outcome;
  try {
    outcome = await execute({
      runDir,
      ...trainer,
      launcher: local.name,
      ...signals,
      onEvent: (event) => view.event(event),
      onRetry: (failure, { action, delay }) => view.retry(failure, action, delay),
    });
  } finally {
    view.close();
    say = (line) => void (options.quiet || process.stderr.write(`${line}\n`));
  }
  const seconds = (performance.now() - started) / 1000;
  if (!signals.kill.aborted) {
    const { writeCharts } = await import('../../../report/index.ts');
    await writeCharts(runDir, { note: (line) => process.stderr.write(`note: ${line}\n`) });
  }
  // Who has interrupted it does not want to wait.
  const timeout = signals.stop.aborted ? 5 : 20;
  const tracked = await tracker.close({ timeout, signal: signals.kill });
  return conclude(runDir, id, outcome, seconds, { ...options, tracked });
}

function conclude(
  runDir: string,
  id: string,
  outcome: Outcome,
  seconds: number,
  options: Pick<RunOptions, 'json' | 'quiet' | 'runs'> & { tracked: Closed },
): number {
  const metrics = outcome.status === 'finished' ? outcome.metrics : {};
  if (options.json) {
    const summary = {
      run: id,
      dir: runDir,
      status: outcome.status,
      metrics,
      seconds: Math.round(seconds * 10) / 10,
      ...(options.tracked.url === undefined ? {} : { mlflow: options.tracked.url }),
      ...(outcome.status === 'failed' ? { error: outcome.failure } : {}),
    };
    process.stdout.write(`${JSON.stringify(summary, encode)}\n`);
  } else {
    process.stdout.write(`${describe(runDir, id, outcome, metrics)}${mlflowLine(options)}\n`);
  }
  return { finished: 0, failed: 1, stopped: 130 }[outcome.status];
}

function describe(runDir: string, id: string, outcome: Outcome, metrics: Record<string, number>): string {
  const dir = shownPath(runDir);
  if (outcome.status === 'stopped') return `Stopped. Go on with: facecom resume ${id}\nRun folder: ${dir}`;
  if (outcome.status === 'failed') {
    const { class: name, message } = outcome.failure;
    return `Failed (${name}): ${message}\nRun folder: ${dir}, its log: ${dir}/log.txt`;
  }
  // The charts are drawn after the trainer's events.
  const artifacts = readdirSync(join(runDir, 'artifacts')).length;
  return `${scoreTable(metrics)}\nRun folder: ${dir} (${artifacts} artifacts)`;
}

/** The run's page, or how to get to it; nothing where tracking is off. */
function mlflowLine({ tracked: { sent, url }, runs }: { tracked: Closed; runs: string }): string {
  if (url !== undefined) return `\nSee it in MLflow: ${url}`;
  return sent ? '' : `\nSee it in MLflow: facecom ui${runs === 'runs' ? '' : ` --runs ${runs}`}`;
}

const folderName = (runDir: string): string => {
  const found = runName(runDir);
  return found ? `${found.trial}-${found.attempt}` : runDir;
};

/** Relative where that is shorter. */
function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** A run goes on from any working folder. */
export function withAbsolutePath(config: Experiment): Experiment {
  const { path } = config.data;
  if (path === undefined || isAbsolute(path)) return config;
  return { ...config, data: { ...config.data, path: resolve(path) } };
}

function printConfig(config: Experiment, { json }: RunOptions): number {
  if (json) process.stdout.write(`${JSON.stringify({ config })}\n`);
  else process.stdout.write(stringify(config));
  return 0;
}

function encode(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
