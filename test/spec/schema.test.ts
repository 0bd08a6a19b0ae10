import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { experimentSchema, fillDefaults, type Schema } from '../../src/spec/schema.ts';
import { ajvOptions } from '../../src/spec/validator-options.ts';

interface Key {
  at: string;
  schema: Schema;
}

/** Every key of the schema, those of its unions and definitions, too. */
function keys(): Key[] {
  const found: Key[] = [];
  const visit = (schema: Schema, at: string) => {
    for (const [key, child] of Object.entries(schema.properties ?? {})) {
      found.push({ at: `${at}.${key}`, schema: child });
      visit(child, `${at}.${key}`);
    }
    for (const branch of schema.oneOf ?? []) visit(branch, `${at}<${branch.title}>`);
  };
  visit(experimentSchema, '');
  for (const [name, schema] of Object.entries(experimentSchema.$defs!)) visit(schema, `$defs.${name}`);
  return found;
}

const isLeaf = ({ schema }: Key) => !schema.properties && !schema.$ref && schema.const === undefined;
const isNumeric = ({ schema }: Key) =>
  ['number', 'integer'].includes(String(schema.type)) ||
  ['number', 'integer'].includes(String(schema.items?.type));

it('describes every key, with an example, and numbers with their unit', () => {
  const without = (what: string, test: (key: Key) => boolean) =>
    keys()
      .filter(test)
      .map(({ at }) => `${at} has no ${what}`);
  assert.deepEqual(
    [
      ...without('description', ({ schema }) => !schema.description && !schema.$ref),
      ...without('example', (key) => isLeaf(key) && !schema(key).examples?.length),
      ...without(
        'unit',
        (key) => isNumeric(key) && isLeaf(key) && !schema(key).unit && !/seed$|^\$defs\.effect/.test(key.at),
      ),
    ],
    [],
  );
  function schema(key: Key): Schema {
    return key.schema;
  }
});

it('closes every map, and tells unions apart', () => {
  const open: string[] = [];
  const visit = (schema: Schema, at: string) => {
    if (schema.properties && schema.additionalProperties === undefined) open.push(at);
    if (schema.oneOf && !schema.discriminator) open.push(`${at} is a union without a discriminator`);
    if ('anyOf' in schema || 'allOf' in schema) open.push(`${at} has anyOf or allOf`);
    for (const [key, child] of Object.entries({ ...schema.properties, ...schema.$defs }))
      visit(child, `${at}.${key}`);
    for (const branch of schema.oneOf ?? []) visit(branch, `${at}<${branch.title}>`);
  };
  visit(experimentSchema, '');
  assert.deepEqual(open, []);
});

it('has examples and defaults that keep to it', () => {
  const ajv = new Ajv2020(ajvOptions);
  ajv.addSchema(experimentSchema, 'experiment');
  for (const { at, schema } of keys()) {
    if (!isLeaf({ at, schema })) continue;
    const validate = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs', '"experiment#/$defs')),
    );
    for (const value of [
      ...(schema.examples ?? []),
      ...(schema.default === undefined ? [] : [schema.default]),
    ])
      assert.ok(
        validate(fillDefaults(schema, value)),
        `${at}: ${JSON.stringify(value)} ${JSON.stringify(validate.errors)}`,
      );
  }
});
