import { createHash } from 'node:crypto';
import { isRecord } from '../base/objects.ts';
import { onPluginsChange, pluginsDigest } from '../plugins/index.ts';
import type { Experiment } from '../spec/index.ts';
import { branchOf, decides, experimentSchema, resolved, type Schema } from '../spec/index.ts';

/**
 * Part of every id. A default or the meaning of a key changes: raise it, so that trials that were run under the old one are not taken
 * for trials of the new. A new key with a default leaves all ids as they are, and needs nothing.
 */
const IDENTITY_VERSION = 1;

/**
 * A trial's id, 12 hexadecimal digits: a hash of everything that decides its result. That is the resolved config without the keys that
 * decide nothing and without values equal to their default, and the content hash of the data set if it is known; `data.path` then says
 * nothing more, and so with the weights that it starts from; and what the files of plugins contain. Key order, comments and the form of numbers do not matter.
 */
export function trialId(config: Experiment, dataHash?: string, weightsHash?: string): string {
  return identify(config, dataHash, sectionTexts(), weightsHash);
}

/** The texts of sections that several configs share: they must not change while it is used. */
export interface SectionTexts {
  sections: WeakMap<object, string | undefined>;
  /** Of `data` and `model`, where the content hash of the data set or of the weights is known. */
  hashed: WeakMap<object, string | undefined>;
}

export const sectionTexts = (): SectionTexts => ({ sections: new WeakMap(), hashed: new WeakMap() });

/** The id of one of many trials. */
export function identify(
  config: Experiment,
  dataHash: string | undefined,
  texts: SectionTexts,
  weightsHash?: string,
): string {
  let all = `facecom trial ${IDENTITY_VERSION}`;
  const values = config as unknown as Record<string, unknown>;
  deciding ??= decidingKeys();
  const hashes = new Set([
    ...(dataHash === undefined ? [] : ['data']),
    ...(weightsHash === undefined ? [] : ['model']),
  ]);
  for (const { key, text } of deciding) {
    const value = values[key];
    const found =
      typeof value === 'object' && value !== null
        ? shared(hashes.has(key) ? texts.hashed : texts.sections, value, () =>
            text(
              key === 'data'
                ? decidingData(config, dataHash !== undefined)
                : key === 'model' && weightsHash !== undefined
                  ? { ...value, weights: undefined }
                  : value,
            ),
          )
        : text(value);
    if (found !== undefined) all += `\n${key}: ${found}`;
  }
  if (dataHash !== undefined) all += `\ndata set: ${dataHash}`;
  if (weightsHash !== undefined) all += `\nweights: ${weightsHash}`;
  const plugins = pluginsDigest(config.plugins);
  if (plugins !== undefined) all += `\nplugins: ${plugins}`;
  return createHash('sha256').update(all).digest('hex').slice(0, 12);
}

function shared(
  texts: WeakMap<object, string | undefined>,
  value: object,
  make: () => string | undefined,
): string | undefined {
  const known = texts.get(value);
  if (known !== undefined || texts.has(value)) return known;
  const text = make();
  texts.set(value, text);
  return text;
}

/** What of `data` a source reads: the drawing of synthetic faces, or the folder, which a content hash stands for. */
function decidingData({ data }: Experiment, hashed: boolean): object {
  const { path, synthetic, ...others } = data;
  const rest = Object.fromEntries(
    Object.entries(others).filter(([key]) => decides(`data.${key}`) !== 'nothing'),
  );
  if (rest.source === 'synthetic') return { ...rest, synthetic };
  if (!hashed) return path === undefined ? rest : { ...rest, path };
  // The content hash says what lies in the folders, wherever they are.
  return { ...rest, sources: (data.sources ?? []).map(({ path: _, ...source }) => source) };
}

/** A value as JSON with sorted keys and without what equals its default; undefined if nothing is left. */
type Text = (value: unknown) => string | undefined;

const writers = new Map<Schema, Text>();

/** The writer of a schema's values. */
function textOf(given: Schema): Text {
  const schema = resolved(given);
  let writer = writers.get(schema);
  if (!writer) {
    writer = makeText(schema);
    writers.set(schema, writer);
  }
  return writer;
}

function makeText(schema: Schema): Text {
  const tag = schema.discriminator?.propertyName;
  const initial = schema.default === undefined ? undefined : plain(schema.default);
  const maps = new Map<Schema, (value: Record<string, unknown>) => string | undefined>();
  return (value) => {
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null) {
      const text = plain(value);
      return text === initial ? undefined : text;
    }
    const branch = branchOf(schema, value) ?? schema;
    if (!Array.isArray(value)) {
      let map = maps.get(branch);
      if (!map) {
        map = makeMap(branch, tag);
        maps.set(branch, map);
      }
      return map(value as Record<string, unknown>);
    }
    if (initial !== undefined && plain(value) === initial) return undefined;
    if (!branch.items) return plain(value);
    const item = textOf(branch.items);
    return `[${value.map((one) => item(one) ?? plain(one)).join(',')}]`;
  };
}

/** The discriminator of a union is always said. */
function makeMap(
  branch: Schema,
  tag: string | undefined,
): (value: Record<string, unknown>) => string | undefined {
  const known = Object.keys(branch.properties ?? {})
    .sort()
    .map((key) => ({
      key,
      start: `${JSON.stringify(key)}:`,
      text: key === tag ? plain : textOf(branch.properties![key]!),
    }));
  return (value) => {
    let all = '';
    let count = 0;
    for (const { key, start, text } of known) {
      if (!Object.hasOwn(value, key)) continue;
      count++;
      const child = text(value[key]);
      if (child !== undefined) all += `${all === '' ? '' : ','}${start}${child}`;
    }
    return count === Object.keys(value).length ? (all === '' ? undefined : `{${all}}`) : open(value, known);
  };
}

/** A map with keys of its own, such as labels. */
function open(
  value: Record<string, unknown>,
  known: ReadonlyArray<{ key: string; text: Text }>,
): string | undefined {
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const writer = known.find((one) => one.key === key);
    const child = writer ? writer.text(value[key]) : plain(value[key]);
    if (child !== undefined) parts.push(`${JSON.stringify(key)}:${child}`);
  }
  return parts.length > 0 ? `{${parts.join(',')}}` : undefined;
}

/** JSON with sorted keys. */
function plain(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (Array.isArray(value)) return `[${value.map(plain).join(',')}]`;
  if (isRecord(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${plain(value[key])}`)
      .join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}

const decidingKeys = () =>
  Object.keys(experimentSchema.properties!)
    .filter((key) => decides(key) !== 'nothing')
    .sort()
    .map((key) => ({ key, text: textOf(experimentSchema.properties![key]!) }));

let deciding: ReturnType<typeof decidingKeys> | undefined;
onPluginsChange(() => {
  writers.clear();
  deciding = undefined;
});
