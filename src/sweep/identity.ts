import { createHash } from 'node:crypto';
import type { Experiment } from '../spec/experiment.generated.ts';
import { branchOf, experimentSchema, isRecord, resolved, type Schema } from '../spec/schema.ts';
import { inert } from './paths.ts';

/**
 * Part of every id. A default or the meaning of a key changes: raise it, so that trials that were run under the old one are not taken
 * for trials of the new. A new key with a default leaves all ids as they are, and needs nothing.
 */
const IDENTITY_VERSION = 1;

/**
 * A trial's id, 12 hexadecimal digits: a hash of everything that decides its result. That is the resolved config without `name`,
 * `description`, `tags`, `tracking`, `resources` and `sweep`, of which values equal to their default are left out, and the content hash
 * of the data set where it is known; `data.path` then says nothing more. Key order, comments and the form of numbers do not matter.
 */
export function trialId(config: Experiment, dataHash?: string): string {
  return identify(config, dataHash, new WeakMap());
}

/** The texts of sections that several configs share: they must not change while it is used. */
export type SectionTexts = WeakMap<object, string | undefined>;

/** The id of one of many trials. */
export function identify(config: Experiment, dataHash: string | undefined, texts: SectionTexts): string {
  const parts = [`facecom trial ${IDENTITY_VERSION}`];
  const values = config as unknown as Record<string, unknown>;
  for (const key of deciding) {
    const text = sectionText(key, values[key], config, dataHash !== undefined, texts);
    if (text !== undefined) parts.push(`${key}: ${text}`);
  }
  if (dataHash !== undefined) parts.push(`data set: ${dataHash}`);
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

const deciding = Object.keys(experimentSchema.properties!)
  .filter((key) => !inert.has(key))
  .sort();

function sectionText(
  key: string,
  value: unknown,
  config: Experiment,
  hashed: boolean,
  texts: SectionTexts,
): string | undefined {
  const schema = resolved(experimentSchema.properties![key]!);
  if (key === 'data') return canonical(schema, decidingData(config, hashed));
  if (typeof value !== 'object' || value === null) return canonical(schema, value);
  if (!texts.has(value)) texts.set(value, canonical(schema, value));
  return texts.get(value);
}

/** What of `data` a source reads: the drawing of synthetic faces, or the folder, which a content hash stands for. */
function decidingData({ data }: Experiment, hashed: boolean): object {
  const { path, synthetic, cache: _cache, ...rest } = data;
  if (rest.source === 'synthetic') return { ...rest, synthetic };
  return hashed || path === undefined ? rest : { ...rest, path };
}

/** JSON with sorted keys and without what equals its default; undefined where nothing is left. */
function canonical(schema: Schema, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const branch = branchOf(schema, value) ?? schema;
  if (isRecord(value)) {
    const tag = schema.discriminator?.propertyName;
    const parts: string[] = [];
    for (const key of Object.keys(value).sort()) {
      const property = branch.properties?.[key];
      const child = property ? canonical(resolved(property), value[key]) : plain(value[key]);
      if (child !== undefined || key === tag)
        parts.push(`${JSON.stringify(key)}:${key === tag ? JSON.stringify(value[key]) : child}`);
    }
    return parts.length > 0 ? `{${parts.join(',')}}` : undefined;
  }
  if (schema.default !== undefined && plain(schema.default) === plain(value)) return undefined;
  if (Array.isArray(value) && branch.items) {
    const items = resolved(branch.items);
    return `[${value.map((item) => canonical(items, item) ?? plain(item)).join(',')}]`;
  }
  return plain(value);
}

/** JSON with sorted keys. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(',')}]`;
  if (isRecord(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${plain(value[key])}`)
      .join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}
