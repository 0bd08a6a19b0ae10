import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { formatDuration, formatFixed } from '../../base/format.ts';
import type { Event } from '../../record/index.ts';
import { bar } from './bar.ts';
import { fitted } from './fitted.ts';
import { eventLine } from './line-view.ts';
import type { RunView } from './run-view.ts';
import { canRedraw, SMALLEST, terminalSize } from './terminal-size.ts';
import { brokenLine } from './wide-table.ts';

type Progress = Extract<Event, { type: 'progress' }>;

const titles: Record<string, string> = {
  data: 'preparing the data set',
  model: 'building the model',
  train: 'training',
  validate: 'validating',
  test: 'testing the best checkpoint',
};

/** A few lines that are redrawn while the run continues; what stays is written above them. */
export function liveView(): RunView {
  const draw = createLogUpdate(process.stderr, { showCursor: true });
  const started = performance.now();
  let train: Progress | undefined;
  let now: Progress | undefined;
  let rate: { seconds: number; done: number } | undefined;
  const keep = (line: string) => {
    draw.clear();
    process.stderr.write(`${brokenLine(line, terminalSize(process.stderr).columns - 1)}\n`);
    paint();
  };
  const paint = () => {
    // Made smaller meanwhile.
    if (!canRedraw(process.stderr)) return draw.clear();
    const text = frame(now, train, rate, (performance.now() - started) / 1000);
    if (text) draw(text);
  };
  const timer = setInterval(paint, 500);
  timer.unref();
  return {
    event: (event) => {
      if (event.type === 'progress') {
        now = event;
        if (event.stage === 'train') {
          train = event;
          rate ??= { seconds: (performance.now() - started) / 1000, done: event.done };
        }
        paint();
        return;
      }
      const line = eventLine(event);
      if (line) keep(event.type === 'metric' ? pc.dim(line) : pc.yellow(line));
    },
    retry: (failure, action, delay) =>
      keep(
        pc.yellow(
          `failed (${failure.class}): ${failure.message} Again in ${formatDuration(delay / 1000)}: ${action}.`,
        ),
      ),
    note: (line) => keep(pc.dim(line)),
    close: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}

function frame(
  now: Progress | undefined,
  train: Progress | undefined,
  rate: { seconds: number; done: number } | undefined,
  seconds: number,
): string {
  if (!now) return `starting  ${formatDuration(seconds)}`;
  const { columns: all, rows } = terminalSize(process.stderr);
  const columns = Math.max(SMALLEST.columns, all) - 1;
  const title = titles[now.stage ?? ''] ?? now.stage ?? 'running';
  const first = [pc.bold(title)];
  if (train?.epochs) first.push(`epoch ${train.epoch}/${train.epochs}`, `step ${train.done}/${train.total}`);
  if (train?.loss !== undefined) first.push(`loss ${formatFixed(train.loss, 4)}`);
  const second: string[] = [];
  if (train?.images_per_second !== undefined)
    second.push(`${formatFixed(train.images_per_second, 0)} images/s`);
  if (train?.best !== undefined) second.push(`best ${formatFixed(train.best, 4)}`);
  const shown = now.stage === 'train' || !train ? now : train;
  const fraction = shown.total > 0 ? shown.done / shown.total : 0;
  if (train && rate && train.done > rate.done) {
    const left = ((train.total - train.done) * (seconds - rate.seconds)) / (train.done - rate.done);
    second.push(`${formatDuration(left)} remaining`);
  }
  second.push(formatDuration(seconds));
  const progress = `${bar(fraction, Math.min(30, columns - 8))} ${String(Math.round(fraction * 100)).padStart(3)} %`;
  const lines = [first.join('  '), `${progress}  ${second.join('  ')}`];
  const broken = lines.flatMap((line) => brokenLine(line, columns).split('\n'));
  return (broken.length < rows ? broken : lines).map((line) => fitted(line, columns)).join('\n');
}
