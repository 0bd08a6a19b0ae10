import { cut } from './table.ts';
import { canRedraw, terminalSize } from './terminal-size.ts';

/** Says on stderr how far the work is, where that is a terminal. */
export function progressLine(
  verb: string,
  unit = 'images',
): (progress: { done: number; total: number }) => void {
  const start = performance.now();
  let shown = 0;
  return ({ done, total }) => {
    const now = performance.now();
    if (!canRedraw(process.stderr) || (now - shown < 100 && done < total)) return;
    shown = now;
    const rate = done / ((now - start) / 1000);
    const left = Math.ceil((total - done) / rate);
    const line = `${verb} ${done}/${total}  ${rate.toFixed(0)} ${unit}/s  ${left} s to go`;
    process.stderr.write(`\r\x1b[K${cut(line, terminalSize(process.stderr).columns - 1)}`);
    if (done === total) process.stderr.write('\r\x1b[K');
  };
}

/** A progress line that starts again with each stage. */
export function progressByStage(): (stage: string, done: number, total: number) => void {
  const lines = new Map<string, ReturnType<typeof progressLine>>();
  return (stage, done, total) => {
    const line = lines.get(stage) ?? progressLine(stage);
    lines.set(stage, line);
    line({ done, total });
  };
}
