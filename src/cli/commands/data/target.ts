import { stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { FacecomError } from '../../../base/errors.ts';
import type { Experiment } from '../../../spec/index.ts';

/** The experiment that a TARGET means: an experiment file, a folder of pictures, or (left out) synthetic faces. */
export async function readTarget(target: string | undefined, set: string[] = []): Promise<Experiment> {
  const { readExperiment, resolveConfig } = await import('../../../spec/index.ts');
  if (target !== undefined && /\.ya?ml$/i.test(target)) return (await readExperiment(target, { set })).config;
  if (target !== undefined && !(await stat(target).catch(() => undefined))?.isDirectory())
    throw new FacecomError('data-path-missing', 'There is no such folder or experiment file.', {
      found: target,
      expected: 'a folder with annotations.json, or a .yaml file',
      exitCode: 2,
    });
  const partial = { name: 'data', data: target === undefined ? {} : { source: 'facecom', path: target } };
  for (const assignment of set) assign(partial, assignment);
  return resolveConfig(partial);
}

/** Puts the value of `path=value`, parsed as YAML, into a config. */
export function assign(config: object, assignment: string): void {
  const [path, ...value] = assignment.split('=');
  if (value.length === 0)
    throw new FacecomError('set-malformed', '--set needs path=value.', { found: assignment, exitCode: 2 });
  const keys = path!.split('.');
  let place = config as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    if (typeof place[key] !== 'object' || place[key] === null) place[key] = {};
    place = place[key] as Record<string, unknown>;
  }
  Object.defineProperty(place, keys.at(-1)!, {
    value: parse(value.join('=')),
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** A whole number or a fraction of the command line, or an error that names the option. */
export function numberOption(
  name: string,
  text: string,
  { low, high, whole = true }: { low: number; high: number; whole?: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)))
    throw new FacecomError('option-value', `--${name} is out of range.`, {
      found: text,
      expected: `a ${whole ? 'whole ' : ''}number from ${low} to ${high}`,
      exitCode: 2,
    });
  return value;
}

/** Says on stderr how far the work is, where that is a terminal. */
export function progressLine(verb: string): (progress: { done: number; total: number }) => void {
  const start = performance.now();
  let shown = 0;
  return ({ done, total }) => {
    const now = performance.now();
    if (!process.stderr.isTTY || (now - shown < 100 && done < total)) return;
    shown = now;
    const rate = done / ((now - start) / 1000);
    const left = Math.ceil((total - done) / rate);
    process.stderr.write(`\r\x1b[K${verb} ${done}/${total}  ${rate.toFixed(0)} images/s  ${left} s to go`);
    if (done === total) process.stderr.write('\r\x1b[K');
  };
}
