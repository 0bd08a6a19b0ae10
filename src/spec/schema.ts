import experiment from '../../schemas/experiment.schema.json' with { type: 'json' };
import { isRecord } from '../base/objects.ts';
import { onPluginsChange } from '../plugins/index.ts';
import { define, type Path } from './tree.ts';

/** The keywords of JSON Schema (draft 2020-12) that schemas/ uses. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  description?: string;
  title?: string;
  default?: unknown;
  examples?: unknown[];
  unit?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  discriminator?: { propertyName: string };
  if?: Schema;
  then?: Schema;
  else?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  environment?: boolean;
  /** See decides.ts; what is not said holds as for the key above. */
  'x-decides'?: 'result' | 'resume' | 'nothing';
  'x-evaluation'?: true;
  /** What `pattern` allows, in words. */
  'x-form'?: string;
}

/** What a key of a free map may be: anything. */
const FREE: Schema = { additionalProperties: true };

export const experimentSchema = experiment as unknown as Schema;

/** Follows `$ref` to `$defs`. */
export function resolved(schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const name = schema.$ref.slice('#/$defs/'.length);
  return resolved(experimentSchema.$defs![name]!);
}

/** The branch of a union that a value chooses: by its discriminator, or, in `if`/`then`/`else`, by being text. */
export function branchOf(schema: Schema, value: unknown): Schema | undefined {
  if (schema.discriminator && schema.oneOf) {
    const tag = schema.discriminator.propertyName;
    const chosen = isRecord(value) ? (value[tag] ?? defaultTag(schema)) : defaultTag(schema);
    return schema.oneOf.map(resolved).find((branch) => branch.properties?.[tag]?.const === chosen);
  }
  if (schema.if) return resolved((isType(value, schema.if.type) ? schema.then : schema.else) ?? {});
  return schema;
}

/** Whether a value is text or a list: what the unions of schemas/ are told apart by. */
function isType(value: unknown, type: unknown): boolean {
  return type === 'array' ? Array.isArray(value) : typeof value === type;
}

function defaultTag(schema: Schema): unknown {
  return isRecord(schema.default) ? schema.default[schema.discriminator!.propertyName] : undefined;
}

/** The schema of one key or item of a value; undefined if the value can have none. */
export function childSchema(schema: Schema, key: string | number, value: unknown): Schema | undefined {
  const branch = branchOf(resolved(schema), value);
  if (!branch) return undefined;
  if (typeof key === 'number') {
    if (branch.items) return resolved(branch.items);
    return branch.properties?.[String(key)];
  }
  const own = branch.properties && Object.hasOwn(branch.properties, key) ? branch.properties[key] : undefined;
  if (own) return resolved(own);
  if (branch.additionalProperties === true) return FREE;
  return typeof branch.additionalProperties === 'object' ? resolved(branch.additionalProperties) : undefined;
}

/** The schema at a path of a value; unions are entered by what the value holds there. */
export function schemaAt(path: Path, value: unknown): Schema | undefined {
  let schema: Schema | undefined = experimentSchema;
  let current = value;
  for (const part of path) {
    schema = schema && childSchema(schema, part, current);
    if (!schema) return undefined;
    current = isRecord(current)
      ? current[part]
      : Array.isArray(current)
        ? current[part as number]
        : undefined;
  }
  return schema;
}

type Fill = (value: unknown) => unknown;
const fills = new Map<Schema, Fill>();
onPluginsChange(() => fills.clear());

/** A copy of a value with the defaults of its schema filled in, keys in the schema's order; what breaks the schema is copied as it is. */
export function fillDefaults(schema: Schema, value: unknown): unknown {
  return fillOf(schema)(value);
}

function fillOf(given: Schema): Fill {
  const schema = resolved(given);
  const known = fills.get(schema);
  if (known) return known;
  const fill = makeFill(schema);
  fills.set(schema, fill);
  return fill;
}

function makeFill(schema: Schema): Fill {
  const inner = makeInner(schema);
  const initial = schema.default;
  if (initial === undefined) return inner;
  return (value) => inner(value === undefined ? initial : value);
}

function makeInner(schema: Schema): Fill {
  if (schema.discriminator && schema.oneOf) {
    const tag = schema.discriminator.propertyName;
    return (value) => {
      const branch = branchOf(schema, value);
      if (!branch || !isRecord(value)) return copy(value);
      return fillOf(branch)(value[tag] === undefined ? { ...value, [tag]: defaultTag(schema) } : value);
    };
  }
  if (schema.if) {
    const chosen = schema.if.type;
    const yes = schema.then ? fillOf(schema.then) : copy;
    const no = schema.else ? fillOf(schema.else) : copy;
    return (value) => (isType(value, chosen) ? yes(value) : no(value));
  }
  if (schema.properties) {
    const keys = Object.keys(schema.properties);
    const known = new Set(keys);
    const children = keys.map((key) => fillOf(schema.properties![key]!));
    const extra =
      typeof schema.additionalProperties === 'object' ? fillOf(schema.additionalProperties) : copy;
    return (value) => {
      if (!isRecord(value)) return copy(value);
      const filled: Record<string, unknown> = {};
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i]!;
        const child = children[i]!(Object.hasOwn(value, key) ? value[key] : undefined);
        if (child !== undefined) filled[key] = child;
      }
      for (const key in value) if (!known.has(key)) define(filled, key, extra(value[key]));
      return filled;
    };
  }
  if (schema.items) {
    const item = fillOf(schema.items);
    return (value) => (Array.isArray(value) ? value.map(item) : copy(value));
  }
  return copy;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(value)) define(copied, key, copy((value as Record<string, unknown>)[key]));
  return copied;
}
