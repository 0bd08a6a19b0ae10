import { type SweepEdit, settingText } from '../../operations/index.ts';
import { cell } from './cell.ts';

const SHOWN = 10;

/** What an edited sweep changes: + new, − vanished, ~ changed, = kept. */
export function describeEdit({ added, vanished, changed, settings, kept, running }: SweepEdit): string {
  const lines = [
    ...list('+', added),
    ...list('−', vanished),
    ...list(
      '~',
      changed.map(({ before, now }) => ({ ...now, id: `${before.id} → ${now.id}` })),
    ),
    ...settings.map((setting) => `~ ${settingText(setting)}`),
    `= ${kept} kept`,
  ];
  if (running)
    lines.push(
      `Process ${running.pid} runs the sweep. To apply the edit it saves its trials and ends; then those of the new spec continue. Vanished ones stay stopped; with --keep-begun those that were begun are finished.`,
    );
  return lines.join('\n');
}

function list(sign: string, trials: SweepEdit['added']): string[] {
  const lines = trials
    .slice(0, SHOWN)
    .map(({ id, axes, seed }) =>
      [
        `${sign} ${id}`,
        ...Object.entries(axes).map(([path, value]) => `${path}=${cell(value)}`),
        `seed=${seed}`,
      ].join('  '),
    );
  return trials.length > SHOWN ? [...lines, `${sign} … ${trials.length - SHOWN} more`] : lines;
}
