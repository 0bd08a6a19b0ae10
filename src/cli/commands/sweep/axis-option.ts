import { Option } from 'commander';
import { FacecomError } from '../../../base/errors.ts';

/** `--axis path=values`, as often as wanted: a sweep without a file of its own. */
export function axisOption(): Option {
  return new Option(
    '--axis <path=values>',
    'sweep a key over values, such as optimizer.lr=0.001,0.0003 or "optimizer.lr={log_uniform: [0.0001, 0.1]}" (repeatable)',
  ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

/** Axes as `--set` says them. Throws FacecomError `axis-malformed`. */
export function axesAsSet(axes: readonly string[] = []): string[] {
  return axes.map((text) => {
    const equals = text.indexOf('=');
    const path = text.slice(0, Math.max(0, equals)).trim();
    const values = text.slice(equals + 1).trim();
    if (equals < 1 || path === '' || values === '')
      throw new FacecomError('axis-malformed', '--axis takes a dotted path and its values.', {
        found: text,
        expected: 'path=values, such as optimizer.lr=0.001,0.0003',
        exitCode: 2,
      });
    // A list or a distribution is YAML; values with commas between them are a list.
    const yaml = /^[[{]/.test(values) ? values : `[${values}]`;
    return `sweep.axes[${JSON.stringify(path)}]=${yaml}`;
  });
}
