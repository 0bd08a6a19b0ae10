import { formatBytes } from '../../../base/format.ts';
import type { PreflightRun } from '../../../record/index.ts';
import {
  type Path,
  type PlacedFinding,
  placed,
  type ResolvedExperiment,
  SpecError,
} from '../../../spec/index.ts';
import type { Trial } from '../../../sweep/index.ts';

/** What a trial's size is made of, what can be changed most easily first. */
const keys = ['train.batch_size', 'data.image_size', 'model.backbone'] as const;

/** A sweep with a trial that fits nowhere, at the line of the axis that makes it so large, or of the key. */
export function tooLarge(
  spec: ResolvedExperiment,
  trial: Trial,
  { device, memory_bytes, gpu_memory_bytes, message, accumulation }: PreflightRun,
  limit: number,
): SpecError {
  const key = keys.find((one) => Object.hasOwn(trial.axes, one));
  const values = Object.entries(trial.axes).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  const size = keys.map((one) => `${one}=${JSON.stringify(keyOf(trial, one))}`);
  const used = gpu_memory_bytes ?? memory_bytes;
  const micro = accumulation > 1 ? `, in ${accumulation} micro-batches` : '';
  const finding: PlacedFinding = {
    code: 'sweep-memory',
    ...placeIn(spec, trial, key),
    path: key ?? keys[0],
    message: `A trial (${values.length > 0 ? values.join(', ') : size.join(', ')}) has not enough memory on ${device}${micro}.`,
    found: message ?? `${formatBytes(used)} after ${size.join(', ')}`,
    expected: `at most ${formatBytes(limit)}`,
    remedy:
      'Take the value away, lower train.batch_size or data.image_size, or let resources.retry.oom halve its micro-batches.',
  };
  return new SpecError([placed(finding, spec)]);
}

const keyOf = ({ config }: Trial, key: (typeof keys)[number]): unknown =>
  ({
    'train.batch_size': config.train.batch_size,
    'data.image_size': config.data.image_size,
    'model.backbone': config.model.backbone,
  })[key];

function placeIn(
  { sweep }: ResolvedExperiment,
  { axes }: Trial,
  key: (typeof keys)[number] | undefined,
): { at: Path; on: 'key' | 'value' } {
  if (key === undefined) return { at: keys[0].split('.'), on: 'value' };
  const given = sweep?.axes[key] as unknown;
  if (given === undefined) return { at: ['sweep'], on: 'key' };
  const at = ['sweep', 'axes', key];
  const listed = Array.isArray(given) ? given : undefined;
  const index = listed?.indexOf(axes[key]) ?? -1;
  return index >= 0 ? { at: [...at, index], on: 'value' } : { at, on: 'key' };
}
