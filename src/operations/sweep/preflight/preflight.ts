import { FacecomError } from '../../../base/errors.ts';
import { formatBytes, formatDuration } from '../../../base/format.ts';
import { type Gpu, totalMemory } from '../../../machine/index.ts';
import type { Slot } from '../../../orchestrator/index.ts';
import { type Environment, type PreflightRun, readPreflight, writePreflight } from '../../../record/index.ts';
import type { ResolvedExperiment } from '../../../spec/index.ts';
import type { Trial } from '../../../sweep/index.ts';
import type { Reporter, Signals } from '../../reporter.ts';
import { cornersOf, knows, sizeOf } from './corners.ts';
import { measure, STEPS } from './measure.ts';
import { tooLarge } from './refuse.ts';

export interface PreflightOptions {
  spec: ResolvedExperiment;
  trials: readonly Trial[];
  /** The sweep's folder. */
  folder: string;
  /** Whether trials of the sweep have finished already: what is long has begun well. */
  begun: boolean;
  slots: readonly Slot[];
  gpus: readonly Gpu[];
  environment: Environment;
  cwd: string;
  signals: Signals;
  report: Reporter;
  /** A trial's config with paths that hold from anywhere. */
  configOf: (trial: Trial) => Trial['config'];
}

/** Epochs of all trials from which on a sweep is long. */
const LONG = 200;

/**
 *   the costliest trial of each backbone ─▶ its first steps on a slot of each kind of device ─▶ preflight.json ─▶ fits, or is refused
 *        ▲── twice the micro-batches, as after a failure for want of memory ──┘
 *
 * Tries what a sweep will need before it begins; what is recorded is not tried again. Throws SpecError `sweep-memory` at the line of the axis
 * if a trial fits nowhere.
 */
export async function preflight(options: PreflightOptions): Promise<PreflightRun[]> {
  const { spec, folder, report } = options;
  const tried = readPreflight(folder);
  if (!isWanted(options)) return tried;
  const corners = cornersOf(options.trials);
  for (const { slot, device, limit } of kindsOf(options)) {
    for (const trial of corners) {
      const known = knows(tried, device, sizeOf(trial.config));
      if (known?.fits) continue;
      report.note(
        `preflight: ${STEPS} steps of ${trial.config.model.backbone} at ${trial.config.train.batch_size} × ${trial.config.data.image_size}² on ${device}`,
      );
      const last = await fit(trial, { ...options, slot, device, limit, tried });
      if (!last.fits) throw tooLarge(spec, trial, last, limit);
      report.note(describe(last));
    }
  }
  return tried;
}

function isWanted({ spec, trials, begun }: PreflightOptions): boolean {
  const mode = spec.sweep?.preflight ?? 'never';
  const { pack } = spec.config.resources;
  if (mode === 'never') return false;
  if (mode === 'always' || pack) return true;
  const points = spec.sweep?.trials ?? 0;
  const epochs = trials.reduce((sum, { config }) => sum + config.train.epochs, 0);
  // Of a search the trials are a sample.
  const all = trials.length === 0 ? 0 : (epochs * Math.max(points, trials.length)) / trials.length;
  return !begun && all >= LONG;
}

interface Kind {
  slot: Slot;
  device: string;
  /** Bytes that a trial may have there. */
  limit: number;
}

/** One slot of each kind of device. */
function kindsOf({ slots, gpus }: PreflightOptions): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const slot of slots) {
    const gpu = gpus.find(({ uuid, mig }) =>
      slot.visible?.some((id) => id === uuid || mig.some((slice) => slice.uuid === id)),
    );
    const device = gpu ? gpu.name : 'cpu';
    if (!kinds.has(device)) kinds.set(device, { slot, device, limit: gpu?.memoryTotal ?? totalMemory() });
  }
  return [...kinds.values()];
}

/** Tries a trial, and again in smaller micro-batches while it does not fit and its spec has that after a failure. Writes down each. */
async function fit(
  trial: Trial,
  options: PreflightOptions & Kind & { tried: PreflightRun[] },
): Promise<PreflightRun> {
  const { folder, tried, signals, environment } = options;
  let config = options.configOf(trial);
  for (;;) {
    const { slot, device, cwd } = options;
    const run = await measure({
      ...{ config, environment, slot, device, cwd, signals },
      limit: totalMemory(),
    });
    if (signals.stop.aborted || signals.kill.aborted)
      throw new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 });
    tried.push(run);
    writePreflight(folder, tried);
    const { batch_size, accumulation } = config.train;
    if (run.fits || config.resources.retry.oom === 0 || accumulation * 2 > batch_size) return run;
    config = { ...config, train: { ...config.train, accumulation: accumulation * 2 } };
  }
}

function describe(run: PreflightRun): string {
  const { steps = 0, step_seconds, memory_bytes, gpu_memory_bytes, accumulation, message } = run;
  const parts = [
    ...(step_seconds === undefined ? [] : [`${formatDuration(step_seconds, { tenths: true })} a step`]),
    ...(memory_bytes === undefined ? [] : [`${formatBytes(memory_bytes)} of memory`]),
    ...(gpu_memory_bytes === undefined ? [] : [`${formatBytes(gpu_memory_bytes)} on the GPU`]),
    ...(accumulation > 1 ? [`micro-batches of ${Math.ceil(run.batch_size / accumulation)}`] : []),
  ];
  if (message !== undefined) return `preflight: it ended after ${steps} steps: ${message}`;
  return `preflight: ${parts.join(', ')}`;
}
