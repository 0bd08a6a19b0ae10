import type { SweepManifest } from '../../../record/index.ts';

export interface AxisTitle {
  path: string;
  /** The last part of the path, or as much of it as tells it from the others. */
  title: string;
}

/** The axes of a sweep in the order of its trials; `seed` where each point is repeated. */
export function axisTitles(manifest: SweepManifest | undefined): AxisTitle[] {
  const paths = new Set(manifest?.trials.flatMap(({ axes }) => Object.keys(axes)));
  if (manifest && manifest.repeats > 1) paths.add('seed');
  const all = [...paths];
  return all.map((path) => ({ path, title: shortest(path, all) }));
}

function shortest(path: string, all: readonly string[]): string {
  const parts = path.split('.');
  for (let n = 1; n < parts.length; n++) {
    const title = parts.slice(-n).join('.');
    if (all.every((other) => other === path || !`.${other}`.endsWith(`.${title}`))) return title;
  }
  return path;
}

/** Returns a trial's values of these axes; nothing for an axis that it does not have. */
export function axisValues(
  manifest: SweepManifest | undefined,
  titles: readonly AxisTitle[],
): (trial: string) => string[] {
  const trials = new Map(manifest?.trials.map((trial) => [trial.id, trial]));
  return (id) => {
    const trial = trials.get(id);
    return titles.map(({ path }) => text(trial?.axes[path] ?? (path === 'seed' ? trial?.seed : undefined)));
  };
}

function text(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
