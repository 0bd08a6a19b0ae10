import type { FacecomError } from '../base/errors.ts';
import type { Collection, PictureEntry } from '../data/index.ts';
import { dataLines } from './inspect-yaml.ts';
import type { Counts, Files, Inspection } from './inspection.ts';
import { readTarget } from './read-target.ts';

export interface InspectOptions {
  set?: readonly string[];
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/**
 * Finds out what a data set is: an experiment file's, a folder's, or the synthetic faces'. What a run would refuse but can be looked
 * past, broken images, leaks and too few images to divide, comes as `problem`. Throws the rest, as a run would.
 */
export async function inspect(
  target: string | undefined,
  { set = [], signal, onProgress }: InspectOptions = {},
): Promise<{ inspection: Inspection; problem?: FacecomError }> {
  const { data, seed } = await readTarget(target, set);
  const { loadDataset, surveyDataset } = await import('../data/index.ts');
  // Without its broken images a set may lack what with them it would have: they are named, as by a run.
  const asInRun = async (error: unknown) =>
    (data.on_error === 'fail' ? await failureOf(() => loadDataset(data, { seed, signal })) : undefined) ??
    error;
  let problem: FacecomError | undefined;
  let lenient = { ...data, on_error: 'skip' as const };
  let survey: Awaited<ReturnType<typeof surveyDataset>>;
  try {
    survey = await surveyDataset(lenient, { signal, onProgress });
  } catch (error) {
    problem = error as FacecomError;
    const found = await firstThat(lookedPast(problem.code, lenient.split), async (split) => {
      const settings = { ...lenient, split };
      return { settings, survey: await surveyDataset(settings, { signal, onProgress }) };
    });
    // Nothing to look past, or too few identities to divide anew: what is wrong stays what it was.
    if (!found) throw await asInRun(error);
    lenient = found.settings;
    survey = found.survey;
  }
  const { collection } = survey;
  const { entries } = collection;
  const dataset = await loadDataset(lenient, { seed, signal, onProgress }).catch(async (error: unknown) => {
    throw await asInRun(error);
  });
  if (!problem && data.on_error === 'fail' && dataset.warnings.some(({ code }) => code === 'data-skipped'))
    problem = await failureOf(() => loadDataset(data, { seed, signal }));
  const looks = await looksOf(collection);
  const sides = Object.entries(survey.split).map(([side, positions]) => [
    side,
    countsOf(positions.map((position) => entries[position]!)),
  ]);
  const counts = countsOf(entries);
  const files = filesOf(collection);
  const [fewer, more] = [counts.male, counts.female].sort((a, b) => a - b) as [number, number];
  const found: Omit<Inspection, 'yaml'> = {
    source: data.source,
    ...(data.path === undefined ? {} : { path: data.path }),
    notes: collection.notes ?? [],
    ...counts,
    per_identity: spreadOf(entries),
    image_size: data.image_size,
    ...(files ? { files } : {}),
    copies: copiesIn(entries),
    alike: looks,
    ...(fewer > 0 ? { imbalance: more / fewer } : {}),
    split: { by: splitName(lenient.split, entries), seed: data.split.seed, ...Object.fromEntries(sides) },
    hash: survey.hash,
    warnings: dataset.warnings,
  };
  const inspection = {
    ...found,
    yaml: dataLines({ ...data, split: lenient.split }, found, collection, problem),
  };
  return { inspection, ...(problem ? { problem } : {}) };
}

/** The settings with which a data set can be looked at that cannot be divided as it is to be, the first that work; none for other problems. */
function lookedPast<T extends Parameters<typeof splitName>[0]>(code: string, split: T) {
  const apart = { ...split, by: 'identity' as const };
  if (code === 'data-leak') return [{ ...apart, given: false }];
  if (code === 'data-split') return [apart, { ...split, folds: 0, train: 1, validation: 0, test: 0 }];
  return [];
}

/** What comes of the first value that the work does not throw at. */
async function firstThat<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R | undefined> {
  for (const value of values) {
    const found = await failing(() => work(value));
    if (found !== undefined) return found;
  }
  return undefined;
}

const failing = <R>(work: () => Promise<R>): Promise<R | undefined> => work().catch(() => undefined);

/** How the sides came about. */
function splitName(
  { by, given, folds, fold }: { by: string; given: boolean; folds: number; fold: number },
  entries: readonly PictureEntry[],
): string {
  const sides = new Set(entries.map(({ side }) => side));
  sides.delete(undefined);
  if (given && sides.size > 0)
    return sides.size === 3 ? 'the source' : `the source (${[...sides].join(', ')}), the rest cut from train`;
  return folds > 0 ? `${by}, fold ${fold} of ${folds}` : by;
}

async function failureOf(work: () => Promise<unknown>): Promise<FacecomError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error as FacecomError;
  }
}

function countsOf(entries: readonly PictureEntry[]): Counts {
  const of = (gender: -1 | 0 | 1) => entries.filter((entry) => entry.gender === gender).length;
  const people = new Set(entries.map((entry) => entry.person));
  people.delete(undefined);
  const conditions: Record<string, number> = {};
  for (const { condition = 'clean' } of entries) conditions[condition] = (conditions[condition] ?? 0) + 1;
  return {
    pictures: entries.length,
    identities: people.size,
    male: of(0),
    female: of(1),
    unknown_gender: of(-1),
    unknown_identity: entries.filter((entry) => entry.person === undefined).length,
    ...(conditions.clean === entries.length || entries.length === 0 ? {} : { conditions }),
  };
}

function spreadOf(entries: readonly PictureEntry[]): Inspection['per_identity'] {
  const counts = new Map<string, number>();
  for (const { person } of entries)
    if (person !== undefined) counts.set(person, (counts.get(person) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => a - b);
  return {
    min: sorted[0] ?? 0,
    median: sorted[sorted.length >> 1] ?? 0,
    max: sorted.at(-1) ?? 0,
    single: sorted.filter((count) => count === 1).length,
  };
}

function copiesIn(entries: readonly PictureEntry[]): number {
  const bytes = entries.flatMap(({ groups }) => groups.filter((group) => group.startsWith('bytes ')));
  return bytes.length - new Set(bytes).size;
}

async function looksOf({ looks, entries }: Collection): Promise<Inspection['alike']> {
  const groups = new Map<number, number[]>();
  for (const [i, look] of ((await looks?.()) ?? []).entries())
    if (look !== undefined) groups.set(look, [...(groups.get(look) ?? []), i]);
  // Versions and copies of one image are known to be alike.
  const foreign = [...groups.values()].filter((list) => {
    const [first, ...others] = list.map((i) => new Set(entries[i]!.groups));
    return others.some((other) => ![...other].some((group) => first!.has(group)));
  });
  return {
    groups: foreign.length,
    pictures: foreign.reduce((sum, list) => sum + list.length, 0),
    examples: foreign.slice(0, 5).map((list) => list.slice(0, 3).map((i) => entries[i]!.name)),
  };
}

/** Formats and sizes of the files, undefined if images are drawn. */
function filesOf({ entries, size }: Collection): Files | undefined {
  if (!size) return undefined;
  const files: Files = { formats: {}, width: [Infinity, 0], height: [Infinity, 0] };
  for (const i of entries.keys()) {
    const { format, width, height } = size(i);
    files.formats[format] = (files.formats[format] ?? 0) + 1;
    files.width = [Math.min(files.width[0], width), Math.max(files.width[1], width)];
    files.height = [Math.min(files.height[0], height), Math.max(files.height[1], height)];
  }
  return files;
}
