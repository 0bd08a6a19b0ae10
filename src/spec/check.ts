import type { ErrorObject } from 'ajv';
import { plural } from '../base/format.ts';
import { isRecord, overlaps } from '../base/objects.ts';
import { suggest } from '../base/suggest.ts';
import { onPluginsChange } from '../plugins/index.ts';
import type { Experiment } from './experiment.generated.ts';
import { extendedErrors } from './extend.ts';
import type { PlacedFinding } from './findings.ts';
import { foreignValue, foreignWord } from './foreign-words.ts';
import { rules } from './rules/index.ts';
import { branchOf, childSchema, experimentSchema, resolved, type Schema } from './schema.ts';
import { formatPath, type Path } from './tree.ts';
import { schemaErrors } from './validator.ts';

/**
 * Everything in which a config with its defaults filled in breaks the schema, or a rule over sections that keep to the schema; where
 * only some sections are to be judged, in these.
 */
export function checkConfig(config: unknown, sections?: ReadonlySet<string>): PlacedFinding[] {
  const findings = checkSchema(sections && isRecord(config) ? partOf(config, sections) : config);
  if (findings.some(({ at }) => at.length === 0) || !isRecord(config)) return findings;
  const broken = findings.flatMap(brokenPath);
  for (const { reads, check } of rules) {
    if (sections && !reads.some((path) => sections.has(path.split('.')[0]!))) continue;
    if (!reads.some((path) => broken.some((other) => overlaps(path.split('.'), other))))
      findings.push(...check(config as unknown as Experiment));
  }
  return findings;
}

/** What a finding leaves without a value that could be judged: for an unknown key, the key that was meant. */
function brokenPath({ code, at, suggestion }: PlacedFinding): Path[] {
  if (code !== 'spec-unknown-key') return [at];
  return suggestion === undefined ? [] : [[...at.slice(0, -1), suggestion]];
}

function partOf(config: Record<string, unknown>, sections: ReadonlySet<string>): Record<string, unknown> {
  const part: Record<string, unknown> = { name: config.name };
  for (const section of sections) part[section] = config[section];
  return part;
}

/** Everything in which a value with its defaults filled in breaks the schema. */
export function checkSchema(value: unknown): PlacedFinding[] {
  return atMost(extendedErrors(value) ?? schemaErrors(value))
    .map((error) => findingOf(error, value))
    .filter((finding) => finding !== undefined);
}

/** Errors of one kind in one map or list that are reported, one by one. */
const LISTED = 50;

/** Of a map with very many unknown keys, or values of another type, the first are enough: somebody gave another file by mistake. */
function atMost(errors: readonly ErrorObject[]): ErrorObject[] {
  const counts = new Map<string, number>();
  return errors.filter(({ keyword, instancePath }) => {
    const map =
      keyword === 'additionalProperties'
        ? instancePath
        : instancePath.slice(0, instancePath.lastIndexOf('/'));
    const kind = `${keyword} ${map}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= LISTED;
  });
}

function findingOf(error: ErrorObject, root: unknown): PlacedFinding | undefined {
  const { path, schema, value } = locate(error.instancePath, root);
  const at = formatPath(path) || 'the spec';
  // A map with many unknown keys has as many errors: it is not written out for each.
  if (error.keyword === 'additionalProperties') {
    const key = String((error.params as Record<string, unknown>).additionalProperty);
    return unknownKey(path, key, branchOf(schema, value) ?? schema, { schema, value });
  }
  const base = { at: path, path: formatPath(path), on: 'value' as const, found: show(value) };
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required': {
      const key = String(params.missingProperty);
      const missing = formatPath([...path, key]);
      const description = childSchema(schema, key, value)?.description;
      return {
        ...base,
        on: 'key',
        path: missing,
        found: undefined,
        code: 'spec-missing-key',
        message: `${missing} is required${description ? `: ${lowerFirst(description)}` : '.'}`,
        ...(path.length > 0 ? nameRemedy(value, key) : {}),
      };
    }
    case 'type': {
      const meant = asMeant(value, schema);
      return {
        ...base,
        code: 'spec-type',
        message: `${at} must be ${typeNames(schema)}.`,
        expected: expectation(schema),
        ...(isText(schema) && (typeof value === 'number' || typeof value === 'boolean')
          ? { accepts: (text: string) => allowsText(schema, text) }
          : {}),
        ...(meant === undefined
          ? { ...effectRemedy(value, path), ...listRemedy(value, schema, path) }
          : { suggestion: meant, fix: meant }),
      };
    }
    case 'enum':
    case 'const': {
      const values = (branchOf(schema, value)?.enum ?? schema.enum ?? [schema.const]) as unknown[];
      return notOneOf(base, at, value, values);
    }
    case 'discriminator': {
      const tag = String(params.tag);
      const values = (schema.oneOf ?? []).map((branch) => resolved(branch).properties![tag]!.const);
      const given = isRecord(value) ? value[tag] : undefined;
      const tagPath = [...path, tag];
      if (given === undefined)
        return {
          ...base,
          on: 'key',
          found: undefined,
          code: 'spec-missing-key',
          path: formatPath(tagPath),
          message: `${formatPath(tagPath)} is required: it says which of the kinds this is.`,
          expected: `one of ${values.join(', ')}`,
          ...nameRemedy(value, tag),
        };
      return notOneOf(
        { ...base, at: tagPath, path: formatPath(tagPath), found: show(given) },
        formatPath(tagPath),
        given,
        values,
      );
    }
    // These only repeat what the keywords within them said.
    case 'if':
    case 'oneOf':
      return undefined;
    case 'pattern':
      return {
        ...base,
        code: 'spec-pattern',
        message: `${at} does not have the form it needs.`,
        expected: expectation(schema),
      };
    default:
      return {
        ...base,
        code: 'spec-range',
        message: `${at} ${sizeMessages[error.keyword] ?? 'is out of range'}.`,
        expected: expectation(branchOf(schema, value) ?? schema),
      };
  }
}

/** For `{rain: {p: 1}}` in place of `{effect: rain, p: 1}`, as other libraries have it. */
function nameRemedy(value: unknown, tag: string): { remedy?: string } {
  if (!['effect', 'name'].includes(tag) || !isRecord(value)) return {};
  const other = ['effect', 'name', 'type'].find((key) => typeof value[key] === 'string');
  if (other) return { remedy: `${other} is called ${tag} here: {${tag}: ${value[other]}}.` };
  const [entry, ...others] = Object.entries(value);
  if (!entry || others.length > 0 || !(entry[1] === null || isRecord(entry[1]))) return {};
  const keys = Object.keys(entry[1] ?? {}).map((key) => `, ${key}: …`);
  return { remedy: `The name is a value: {${tag}: ${entry[0]}${keys.join('')}}.` };
}

/** For the bare name of an effect in a list of them. */
const effectRemedy = (value: unknown, [section, key]: Path): { remedy?: string } =>
  section === 'augment' && key === 'policy' && typeof value === 'string'
    ? { remedy: `An effect is a map: {effect: ${value}}.` }
    : {};

const sizeMessages: Record<string, string> = {
  minItems: 'has too few items',
  maxItems: 'has too many items',
  minProperties: 'has too few keys',
  minLength: 'is too short',
  maxLength: 'is too long',
};

function notOneOf(
  base: Omit<PlacedFinding, 'code' | 'message'>,
  at: string,
  value: unknown,
  values: unknown[],
): PlacedFinding {
  const allowed = values.map(String);
  const foreign = typeof value === 'string' ? foreignValue(value, allowed) : [];
  const near = typeof value === 'string' && foreign.length === 0 ? suggest(value, allowed) : undefined;
  const suggestion = foreign.length === 1 ? { text: foreign[0]!, sure: true } : near;
  return {
    ...base,
    code: 'spec-enum',
    message: `${at} cannot be ${show(value)}.`,
    expected: values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`,
    ...(foreign.length > 1 ? { remedy: `It is called ${foreign.join(' or ')} here.` } : {}),
    ...(suggestion
      ? { suggestion: suggestion.text, fix: suggestion.sure ? suggestion.text : undefined }
      : {}),
  };
}

/** A key that the schema does not have at its place. */
function unknownKey(
  parent: Path,
  key: string,
  schema: Schema,
  given: { schema: Schema; value: unknown },
): PlacedFinding {
  const keys = Object.keys(schema.properties ?? {});
  const elsewhere = ofAnotherKind(key, given.schema, given.value);
  const foreign = elsewhere ? undefined : foreignWord(parent, key);
  const known = foreign?.key !== undefined && keys.includes(foreign.key) ? foreign.key : undefined;
  const near = elsewhere || foreign ? undefined : (suggest(key, keys) ?? longerKey(key, keys));
  const suggestion = known === undefined ? near : { text: known, sure: true };
  const where = formatPath(parent);
  // A key of the top level that was indented, or one that was not.
  const home = suggestion || elsewhere || foreign ? undefined : homeOf(key, parent);
  const few = isRecord(given.value) && !hasMany(given.value);
  const similar =
    suggestion || elsewhere || foreign || home || !few ? undefined : suggest(key, [...keyHomes().keys()]);
  const similarHome = similar?.sure ? homeOf(similar.text, parent) : undefined;
  return {
    at: [...parent, key],
    on: 'key',
    code: 'spec-unknown-key',
    path: formatPath([...parent, key]),
    message: where ? `${where} has no key ${key}.` : `A spec has no key ${key}.`,
    found: key,
    expected: `one of ${keys.join(', ')}`,
    ...(elsewhere ? { remedy: elsewhere } : {}),
    ...(foreign && known === undefined ? { remedy: foreign.remedy } : {}),
    ...(home ? { remedy: `${key} is a key of ${home}.` } : {}),
    ...(similarHome ? { remedy: `${similar!.text} is a key of ${similarHome}.` } : {}),
    ...(suggestion
      ? { suggestion: suggestion.text, fix: suggestion.sure ? suggestion.text : undefined }
      : {}),
  };
}

/** Says whose key it is, where another branch of the union has it: merging and axes may bring it along. */
function ofAnotherKind(key: string, schema: Schema, value: unknown): string | undefined {
  const tag = schema.discriminator?.propertyName;
  if (!tag || !schema.oneOf || !isRecord(value)) return undefined;
  const owners = schema.oneOf
    .map(resolved)
    .filter((branch) => branch.properties && Object.hasOwn(branch.properties, key))
    .map((branch) => branch.properties![tag]!.const);
  if (owners.length === 0) return undefined;
  return `${key} is a key of ${owners.join(' and ')}, and ${tag} is ${String(value[tag])} here: take it away, or write \`${key}: null\` over a base that has it.`;
}

/** `slant_range` for `slant`, if no other key begins so. */
function longerKey(key: string, keys: readonly string[]): { text: string; sure: boolean } | undefined {
  const found = keys.filter((one) => one.startsWith(`${key}_`));
  return found.length === 1 ? { text: found[0]!, sure: false } : undefined;
}

/** Where the spec does have a key, if that is one place. */
function homeOf(key: string, parent: Path): string | undefined {
  const found = [...(keyHomes().get(key) ?? [])].filter((home) => home !== (formatPath(parent) || TOP));
  return found.length === 1 ? found[0] : undefined;
}

const TOP = 'the top level';
let homes: Map<string, Set<string>> | undefined;
onPluginsChange(() => {
  homes = undefined;
});

const sizes = new WeakMap<object, number>();

/** Whether a map has more keys than a spec would: then not every mistake gets the longest search. Counted once a map. */
function hasMany(value: Record<string, unknown>): boolean {
  let size = sizes.get(value);
  if (size === undefined) {
    size = Object.keys(value).length;
    sizes.set(value, size);
  }
  return size > 100;
}

/** By key, the maps of a spec that have it. */
function keyHomes(): Map<string, Set<string>> {
  if (homes) return homes;
  const found = new Map<string, Set<string>>();
  const visit = (schema: Schema, path: Path) => {
    for (const branch of schema.oneOf?.map(resolved) ?? [schema])
      for (const [name, child] of Object.entries(branch.properties ?? {})) {
        found.set(name, (found.get(name) ?? new Set()).add(formatPath(path) || TOP));
        visit(resolved(child), [...path, name]);
      }
  };
  visit(experimentSchema, []);
  homes = found;
  return found;
}

const isText = (schema: Schema): boolean => schema.type === 'string';

/** Whether a schema of text allows this text. */
function allowsText(
  { enum: words, const: only, pattern, minLength = 0, maxLength }: Schema,
  text: string,
): boolean {
  if (words && !words.includes(text)) return false;
  if (only !== undefined && only !== text) return false;
  if (pattern && !new RegExp(pattern, 'u').test(text)) return false;
  return text.length >= minLength && text.length <= (maxLength ?? Number.POSITIVE_INFINITY);
}

/** `0.001,0.0003`, as Hydra sweeps. */
function listRemedy(value: unknown, schema: Schema, path: Path): { remedy?: string } {
  const isList =
    typeof value === 'string' && /^[^,\s]+(?:,\s*[^,\s]+)+$/.test(value) && schema.type !== 'array';
  if (!isList) return {};
  return { remedy: `Several values are a sweep: facecom sweep SPEC --axis ${formatPath(path)}=${value}` };
}

/** A value of the types as it would be written: 0.1 for "0.1", true for yes. Text is quoted as it was written: see `accepts`. */
function asMeant(value: unknown, schema: Schema): string | undefined {
  if (typeof value !== 'string') return undefined;
  const types = [schema.type ?? []].flat();
  if (types.includes('boolean')) {
    if (/^(?:yes|on|y|true)$/i.test(value)) return 'true';
    if (/^(?:no|off|n|false)$/i.test(value)) return 'false';
  }
  if (types.includes('number') || types.includes('integer')) {
    // A thousands separator, or a quoted number.
    const plain = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
    const number = Number(plain);
    if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain) && Number.isFinite(number))
      return types.includes('number') || Number.isInteger(number) ? plain : undefined;
  }
  return undefined;
}

function locate(pointer: string, root: unknown): { path: Path; schema: Schema; value: unknown } {
  const path: Array<string | number> = [];
  let value = root;
  let schema: Schema = experimentSchema;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const key = Array.isArray(value) ? Number(name) : name;
    schema = childSchema(schema, key, value) ?? {};
    value = (value as Record<string | number, unknown>)[key];
    path.push(key);
  }
  return { path, schema: resolved(schema), value };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

export function typeNames(schema: Schema): string {
  return [schema.type ?? []]
    .flat()
    .map((type) => typeWords[type] ?? type)
    .join(' or ');
}

/** What a schema allows, in words: `a number, above 0, at most 1`. */
export function expectation(schema: Schema): string {
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  const parts = [typeNames(schema)];
  if (schema.minimum !== undefined) parts.push(`at least ${schema.minimum}`);
  if (schema.exclusiveMinimum !== undefined) parts.push(`above ${schema.exclusiveMinimum}`);
  if (schema.maximum !== undefined) parts.push(`at most ${schema.maximum}`);
  if (schema.exclusiveMaximum !== undefined) parts.push(`below ${schema.exclusiveMaximum}`);
  if (schema.minItems !== undefined)
    parts.push(
      schema.minItems === schema.maxItems
        ? plural(schema.minItems, 'item')
        : `at least ${plural(schema.minItems, 'item')}`,
    );
  if (schema.pattern) parts.push(schema['x-form'] ?? `matching ${schema.pattern}`);
  if (schema.minLength !== undefined && !schema.pattern)
    parts.push(`at least ${plural(schema.minLength, 'character')}`);
  if (schema.maxLength !== undefined) parts.push(`at most ${plural(schema.maxLength, 'character')}`);
  return parts.filter((part) => part !== '').join(', ');
}
