import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FacecomError } from '../../../base/errors.ts';
import { prepare, runTrials } from '../../../operations/index.ts';
import { lockHolder, readConfig, recordState } from '../../../orchestrator/index.ts';
import { findTarget, readManifest, runFoldersUnder, scanRun } from '../../../record/index.ts';
import { readExperiment } from '../../../spec/index.ts';
import { watchSignals } from '../../terminal/signals.ts';
import { runFolder } from '../run/action.ts';
import type { ResumeOptions } from './command.ts';

/** Goes on with a sweep or a run. Gives the exit code. */
export async function resume(text: string, options: ResumeOptions): Promise<number> {
  const { kind, dir } = findTarget(options.runs, text);
  if (kind === 'run') return resumeRun(dir, options);
  const manifest = readManifest(dir);
  if (!manifest) return resumeOnly(dir, options);
  const { spec, set, cwd } = manifest;
  const resolved = await readExperiment(spec, { set, cwd });
  if (resolved.config.name !== manifest.sweep) {
    throw new FacecomError(
      'resume-renamed',
      `The spec of the sweep ${manifest.sweep} has another name now.`,
      {
        place: { file: spec },
        found: `name: ${resolved.config.name}`,
        expected: `name: ${manifest.sweep}`,
        remedy: 'Restore its name, or start it as another sweep with facecom sweep.',
        exitCode: 2,
      },
    );
  }
  return runTrials(resolved, { ...options, runs: dirname(dir), spec, set, cwd });
}

/** The runs of an experiment that is no sweep: the one that is not finished. */
async function resumeOnly(dir: string, options: ResumeOptions): Promise<number> {
  const runs = runFoldersUnder(dir);
  const open = runs.filter((run) => scanRun(run)?.status !== 'finished');
  const one = open.length === 1 ? open[0] : runs.length === 1 ? runs[0] : undefined;
  if (one) return resumeRun(one, options);
  throw new FacecomError(
    'resume-which',
    `${basename(dir)} is no sweep, and has more than one run or none to go on with.`,
    {
      found: open.length === 0 ? 'every run is finished' : open.map((run) => basename(run)).join(', '),
      expected: 'one run, or a sweep',
      remedy: `Name the run: facecom resume ${basename(dir)}/<trial>-<attempt>; or start the sweep with facecom sweep SPEC.`,
      exitCode: 2,
    },
  );
}

/** Goes on from the run's last checkpoint, also where it had failed: it was asked for by name. */
async function resumeRun(dir: string, options: ResumeOptions): Promise<number> {
  const runDir = resolve(dir);
  const id = `${basename(dirname(runDir))}/${basename(runDir)}`;
  const holder = lockHolder(dirname(runDir));
  const run = scanRun(runDir);
  if (run?.status === 'finished') {
    if (options.json)
      process.stdout.write(
        `${JSON.stringify({ run: id, dir: runDir, status: 'finished', metrics: run.metrics, seconds: 0 })}\n`,
      );
    else process.stdout.write(`${id} is finished: there is nothing to go on with.\n`);
    return 0;
  }
  if (holder) {
    throw new FacecomError('locked', `The sweep that ${id} belongs to is at work.`, {
      found: `process ${holder.pid}${holder.host ? ` on ${holder.host}` : ''}`,
      remedy: 'Wait for it, or stop it with facecom stop.',
      exitCode: 2,
    });
  }
  const config = readConfig(runDir);
  const cwd = workingFolder(runDir);
  const say = (line: string) => void (options.quiet || process.stderr.write(`${line}\n`));
  const signals = watchSignals(say);
  try {
    const prepared = await prepare(config, {
      note: say,
      signal: signals.stop,
      quiet: options.quiet ?? false,
      cwd,
    });
    if (run?.status === 'failed') recordState(runDir, { state: 'queued' });
    say(`run ${id} goes on in ${runDir}`);
    return await runFolder(runDir, id, config, prepared, options, signals, cwd);
  } finally {
    signals.release();
  }
}

/** Where the run was started: what relative paths of its trainer are relative to. */
function workingFolder(runDir: string): string {
  try {
    const { cwd } = JSON.parse(readFileSync(join(runDir, 'environment.json'), 'utf8'));
    return typeof cwd === 'string' ? cwd : process.cwd();
  } catch {
    return process.cwd();
  }
}
