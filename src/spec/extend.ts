import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { FacecomError } from '../base/errors.ts';
import {
  activatePlugins,
  type Definition,
  definitionsInUse,
  type Kind,
  usePlugins as load,
  nameTaken,
  onPluginsChange,
  pluginOf,
} from '../plugins/index.ts';
import { experimentSchema, resolved, type Schema } from './schema.ts';
import { ajvOptions } from './validator-options.ts';

/** The schema without plugins, kept before the first are added. */
let pristine: Schema | undefined;

function builtin(): Schema {
  pristine ??= structuredClone(experimentSchema);
  return pristine;
}

let Validator: typeof Ajv2020 | undefined;
let validate: ValidateFunction | undefined;

/**
 * Loads the plugins of a spec (absolute paths) and extends the schema by what they define, until those of another are used. Throws
 * FacecomError `plugin-missing`, `plugin-load`, `plugin-shape` or `plugin-name` (exit code 2).
 */
export async function usePlugins(files: readonly string[] = []): Promise<void> {
  if (files.length === 0) return activatePlugins();
  ({ Ajv2020: Validator } = await import('./ajv.ts'));
  await load(files);
  for (const file of files)
    for (const definition of pluginOf(file)!.definitions) {
      if (namesIn(builtin(), definition.kind).includes(definition.name))
        throw nameTaken(file, definition.kind, definition.name, 'facecom');
      compilable(definition, file);
    }
  activatePlugins(files);
}

/** What breaks the schema with the plugins in use; undefined if there are none. */
export function extendedErrors(value: unknown): ErrorObject[] | undefined {
  if (definitionsInUse().length === 0) return undefined;
  validate ??= new Validator!(ajvOptions).compile(experimentSchema);
  return validate(value) ? [] : [...validate.errors!];
}

onPluginsChange(() => {
  validate = undefined;
  const fresh = structuredClone(builtin()) as Record<string, unknown>;
  const live = experimentSchema as Record<string, unknown>;
  for (const key of Object.keys(fresh)) live[key] = fresh[key];
  for (const definition of definitionsInUse()) add(experimentSchema, definition);
});

type Place = (schema: Schema) => { names: Schema; section: Schema };

const at = (schema: Schema, ...path: string[]): Schema =>
  path.reduce((found, key) => resolved(found).properties![key]!, schema);

/** Where a spec names each kind, and the map that its own keys lie in: a key of its name. */
const places: Record<Exclude<Kind, 'effect'>, readonly Place[]> = {
  backbone: [(schema) => ({ names: at(schema, 'model', 'backbone'), section: at(schema, 'model') })],
  head: ['gender', 'identity'].map((task) => (schema: Schema) => ({
    names: at(schema, 'model', 'heads', task, 'head'),
    section: at(schema, 'model', 'heads', task),
  })),
  loss: ['gender', 'identity'].map((task) => (schema: Schema) => ({
    names: at(schema, 'loss', 'functions', task),
    section: at(schema, 'loss'),
  })),
  source: [(schema) => ({ names: at(schema, 'data', 'source'), section: at(schema, 'data') })],
  sampler: [(schema) => ({ names: at(schema, 'sweep', 'method'), section: at(schema, 'sweep') })],
};

const effectsOf = (schema: Schema): Schema => schema.$defs!.effect!;

/** The names that a kind has, and, as a plugin's keys stand beside them, the keys of its section. */
function namesIn(schema: Schema, kind: Kind): string[] {
  if (kind === 'effect')
    return effectsOf(schema).oneOf!.map((branch) => String(branch.properties!.effect!.const));
  return places[kind].flatMap((place) => {
    const { names, section } = place(schema);
    return [...(names.enum as string[]), ...Object.keys(section.properties!)];
  });
}

function add(schema: Schema, definition: Definition): void {
  const { kind, name } = definition;
  const map = mapOf(definition);
  if (kind === 'effect') {
    effectsOf(schema).oneOf!.push(map);
    return;
  }
  for (const place of places[kind]) {
    const { names, section } = place(schema);
    names.enum!.push(name);
    section.properties![name] = map;
  }
}

/** The schema of a plugin's own keys. */
function mapOf({ kind, name, description, parameters = {}, ...rest }: Definition): Schema {
  const properties = parameters as unknown as Record<string, Schema>;
  if (kind !== 'effect')
    return {
      type: 'object',
      description,
      additionalProperties: false,
      properties: { ...properties },
      default: {},
    };
  const p: Schema = {
    type: 'number',
    description: 'Probability with which it is applied to an image.',
    minimum: 0,
    maximum: 1,
    default: (rest as { p?: number }).p ?? 0.5,
  };
  const effect: Schema = { type: 'string', const: name, description };
  return {
    type: 'object',
    additionalProperties: false,
    required: ['effect'],
    properties: { effect, p, ...properties },
  };
}

/** Parameters that are no schema are reported where they are, not as a fault of the whole. */
function compilable(definition: Definition, file: string): void {
  for (const [key, schema] of Object.entries(definition.parameters ?? {}))
    try {
      const check = new Validator!(ajvOptions).compile(schema);
      if (schema.default !== undefined && !check(schema.default)) throw new Error('its default breaks it');
    } catch (error) {
      throw new FacecomError('plugin-shape', 'A plugin does not define what facecom can use.', {
        place: { file },
        found: `the parameter ${key} of ${definition.kind} ${definition.name}: ${(error as Error).message}`,
        expected: 'a JSON Schema with type, description and default',
        exitCode: 2,
        cause: error,
      });
    }
}
