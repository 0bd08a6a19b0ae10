import { isAbsolute, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { execute } from '../orchestrator/execute.ts';
import { local } from '../orchestrator/launchers/local.ts';
import type { Outcome } from '../orchestrator/supervise.ts';
import { appendState, createRunFolder, readEvents, runName } from '../record/index.ts';
import { type Experiment, readExperiment } from '../spec/index.ts';
import { trialId } from '../sweep/identity.ts';
import { prepare } from './prepare.ts';
import type { RunOptions } from './run.ts';
import { scoreTable } from './score-table.ts';
import { watchSignals } from './signals.ts';
import { trainerEnvironment } from './trainer-environment.ts';
import { openView } from './view/run-view.ts';

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
    const prepared = await prepare(config, { note: say, signal: signals.stop });
    const runDir = createRunFolder(
      { runs: options.runs, name: config.name, trial: trialId(config, prepared.dataHash) },
      { config, spec: resolved.text, origins: resolved.origins, environment: prepared.environment },
    );
    appendState(runDir, { state: 'queued' });
    const id = `${config.name}/${folderName(runDir)}`;
    say(`run ${id} in ${shownPath(runDir)}`);
    return await runFolder(runDir, id, config, prepared.command, options, signals);
  } finally {
    signals.release();
  }
}

/** Runs what a run folder says, to its end. Gives the exit code. */
export async function runFolder(
  runDir: string,
  id: string,
  config: Experiment,
  command: readonly string[],
  options: Pick<RunOptions, 'json' | 'quiet' | 'runs'>,
  signals: { stop: AbortSignal; kill: AbortSignal },
): Promise<number> {
  const started = performance.now();
  const view = await openView({ json: options.json ?? false, quiet: options.quiet ?? false, run: id });
  let outcome: Outcome;
  try {
    outcome = await execute({
      runDir,
      start: () => local.start({ runDir, command, env: trainerEnvironment(config, []), cwd: process.cwd() }),
      launcher: local.name,
      devices: [config.resources.device],
      ...signals,
      onEvent: (event) => view.event(event),
      onRetry: (failure, { action, delay }) => view.retry(failure, action, delay),
    });
  } finally {
    view.close();
  }
  const seconds = (performance.now() - started) / 1000;
  if (!signals.kill.aborted) {
    const { writeCharts } = await import('../report/index.ts');
    await writeCharts(runDir, { note: (line) => process.stderr.write(`note: ${line}\n`) });
  }
  return conclude(runDir, id, outcome, seconds, options);
}

function conclude(
  runDir: string,
  id: string,
  outcome: Outcome,
  seconds: number,
  options: Pick<RunOptions, 'json' | 'quiet'>,
): number {
  const metrics = outcome.status === 'finished' ? outcome.metrics : {};
  if (options.json) {
    const summary = {
      run: id,
      dir: runDir,
      status: outcome.status,
      metrics,
      seconds: Math.round(seconds * 10) / 10,
      ...(outcome.status === 'failed' ? { error: outcome.failure } : {}),
    };
    process.stdout.write(`${JSON.stringify(summary, encode)}\n`);
  } else {
    process.stdout.write(`${describe(runDir, id, outcome, metrics)}\n`);
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
  const pictures = readEvents(runDir).filter((event) => event.type === 'artifact').length;
  return `${scoreTable(metrics)}\nRun folder: ${dir} (${pictures} artifacts)\nSee it in MLflow: facecom ui`;
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
