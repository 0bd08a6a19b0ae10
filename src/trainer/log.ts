import { metricNames } from '../spec/index.ts';
import type { TrainState } from './state.ts';

/** One line for people about an epoch that has ended. */
export function epochLine(
  state: TrainState,
  epochs: number,
  values: Readonly<Record<string, number>>,
  { best, monitor, seconds }: { best: boolean; monitor: string; seconds: number },
): string {
  const number = (name: string, digits = 4) => values[name]?.toFixed(digits) ?? '–';
  const parts = [
    `epoch ${String(state.epoch).padStart(String(epochs).length)}/${epochs}`,
    `step ${state.step}`,
    `loss ${number('train/loss')} (gender ${number('train/gender_loss')}, identity ${number('train/identity_loss')})`,
    `val gender ${number('val/gender_accuracy')} identity ${number('val/identity_top1')} combined ${number('val/combined')}`,
    ...(values['val/gallery_rank1'] === undefined ? [] : [`rank 1 ${number('val/gallery_rank1')}`]),
    ...(monitor === 'val/combined' ? [] : [`${monitor} ${number(monitor)}`]),
    `lr ${values['train/lr']?.toPrecision(3)}`,
    `${number('train/images_per_second', 1)} images/s`,
    `${seconds.toFixed(1)} s`,
    ...(best ? ['best'] : []),
  ];
  return parts.join('  ');
}

/** What is reported at the end of a run: the metrics of validation and test side by side. */
export function finalLines(state: TrainState, metrics: Readonly<Record<string, number>>): string[] {
  const of = (split: string, name: string) => (metrics[`${split}/${name}`]?.toFixed(4) ?? '–').padStart(10);
  return [
    `training ended after ${state.epoch} epochs (${state.ended}); best epoch ${state.best?.epoch}`,
    `${'metric'.padEnd(20)}${'validation'.padStart(10)}${'test'.padStart(10)}`,
    ...metricNames
      .filter((name) => metrics[`val/${name}`] !== undefined || metrics[`test/${name}`] !== undefined)
      .map((name) => `${name.padEnd(20)}${of('val', name)}${of('test', name)}`),
  ];
}
