import type { ErrorObject } from 'ajv';
import type { Experiment } from './experiment.generated.ts';
import type { Finding } from './problem.ts';
import { rules } from './rules/index.ts';
import { branchOf, childSchema, experimentSchema, isRecord, resolved, type Schema } from './schema.ts';
import { suggest } from './suggest.ts';
import { formatPath, type Path } from './tree.ts';
import { schemaErrors } from './validator.ts';

/** A finding with the place it is about: the key of the path, or its value. */
export interface PlacedFinding extends Finding {
  at: Path;
  on: 'key' | 'value';
  /** The part of the written value that is meant, where it is not the whole. */
  within?: string;
  /** The text that would put it right, where that is unambiguous. */
  fix?: string;
}

/** Everything in which a config with its defaults filled in breaks the schema, or, where it keeps to the schema, a rule. */
export function checkConfig(config: unknown): PlacedFinding[] {
  const findings = checkSchema(config);
  return findings.length > 0 ? findings : rules.flatMap((rule) => rule(config as Experiment));
}

/** Everything in which a value with its defaults filled in breaks the schema. */
export function checkSchema(value: unknown): PlacedFinding[] {
  const findings = schemaErrors(value)
    .map((error) => findingOf(error, value))
    .filter((finding) => finding !== undefined);
  return findings;
}

function findingOf(error: ErrorObject, root: unknown): PlacedFinding | undefined {
  const { path, schema, value } = locate(error.instancePath, root);
  const at = formatPath(path) || 'the spec';
  const base = { at: path, path: formatPath(path), on: 'value' as const, found: show(value) };
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      return unknownKey(path, key, branchOf(schema, value) ?? schema);
    }
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
      };
    }
    case 'type':
      return {
        ...base,
        code: 'spec-type',
        message: `${at} must be ${typeNames(schema)}.`,
        expected: expectation(schema),
      };
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
        message: `${at} ${error.message ?? 'is out of range'}.`,
        expected: expectation(schema),
      };
  }
}

function notOneOf(
  base: Omit<PlacedFinding, 'code' | 'message'>,
  at: string,
  value: unknown,
  values: unknown[],
): PlacedFinding {
  const suggestion = typeof value === 'string' ? suggest(value, values.map(String)) : undefined;
  return {
    ...base,
    code: 'spec-enum',
    message: `${at} cannot be ${show(value)}.`,
    expected: values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`,
    ...(suggestion
      ? { suggestion: suggestion.text, fix: suggestion.sure ? suggestion.text : undefined }
      : {}),
  };
}

/** A key that the schema does not have at its place. */
function unknownKey(parent: Path, key: string, schema: Schema): PlacedFinding {
  const keys = Object.keys(schema.properties ?? {});
  const suggestion = suggest(key, keys);
  const where = formatPath(parent);
  return {
    at: [...parent, key],
    on: 'key',
    code: 'spec-unknown-key',
    path: formatPath([...parent, key]),
    message: where ? `${where} has no key ${key}.` : `A spec has no key ${key}.`,
    found: key,
    expected: `one of ${keys.join(', ')}`,
    ...(suggestion
      ? { suggestion: suggestion.text, fix: suggestion.sure ? suggestion.text : undefined }
      : {}),
  };
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
      schema.minItems === schema.maxItems ? `${schema.minItems} items` : `at least ${schema.minItems} items`,
    );
  if (schema.pattern) parts.push(`matching ${schema.pattern}`);
  return parts.filter((part) => part !== '').join(', ');
}
