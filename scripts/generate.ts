// Generates TypeScript from schemas/: `npm run generate`; with --check only says whether what is committed is fresh.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { compositions } from '../src/augment/compositions/index.ts';
import { effects } from '../src/augment/effects/index.ts';
import type { ParameterSchema } from '../src/augment/effects/types.ts';
import { policies } from '../src/augment/policies.ts';
import { augmentationReference } from './augmentation-reference.ts';
import { decidesTable } from './decides-table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const stale: string[] = [];

/** A schema file's part that is written from code, so that an effect is one file and one line in a list. */
function withEffects(text: string): string {
  const schema = JSON.parse(text);
  const named = Object.entries(policies).map(
    ([name, { description }]) => `${name}: ${lowerFirst(description)}`,
  );
  schema.properties.augment.properties.policy = {
    ...schema.properties.augment.properties.policy,
    description: `A named policy, or a list of effects with their parameters, applied in order. ${named.join(' ')}`,
    if: { type: 'string' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { enum: Object.keys(policies) },
    else: { type: 'array', items: { $ref: '#/$defs/effect' } },
  };
  schema.$defs.effect = {
    description: 'An augmentation effect, discriminated by effect.',
    type: 'object',
    required: ['effect'],
    discriminator: { propertyName: 'effect' },
    oneOf: [
      ...effects.map((effect) => branch(effect, {})),
      ...compositions.map((composition) =>
        branch(composition, {
          effects: {
            type: 'array',
            description: 'What it chooses from: effects, or again one_of, some_of or sequence.',
            items: { $ref: '#/$defs/effect' },
            minItems: 1,
            examples: [[{ effect: 'fog' }, { effect: 'rain' }]],
          },
        }),
      ),
    ],
  };
  return formatted('schema.json', JSON.stringify(schema, null, 2));
}

/** The schema of an entry of a policy; `required` are keys beside its parameters. */
function branch(
  {
    name,
    description,
    p,
    parameters,
  }: Pick<(typeof effects)[number], 'name' | 'description' | 'p' | 'parameters'>,
  required: Record<string, object>,
): object {
  return {
    type: 'object',
    title: pascal(name),
    additionalProperties: false,
    required: ['effect', ...Object.keys(required)],
    properties: {
      effect: { const: name, type: 'string', description },
      p: {
        type: 'number',
        description: 'Probability with which it is applied to an image.',
        minimum: 0,
        maximum: 1,
        unit: 'probability',
        default: p,
        examples: [p],
      },
      ...required,
      ...Object.fromEntries(
        Object.entries<ParameterSchema>(parameters).map(([key, parameter]) => [key, withExample(parameter)]),
      ),
    },
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Units that the descriptions of effects name. */
const units = ['pixels', 'degrees', 'fraction of 255', '0..255'];

/** A parameter of an effect with its default as the example, and the unit that its description names. */
function withExample(parameter: ParameterSchema): object {
  const unit = units.find((name) => parameter.description.includes(name));
  return { ...parameter, ...(unit ? { unit } : {}), examples: [parameter.default] };
}

/** The text as `npm run format` would leave it. */
function formatted(name: string, text: string): string {
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const result = spawnSync(biome, ['format', `--stdin-file-path=${name}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`biome format failed: ${result.stderr}`);
  return result.stdout;
}

function pascal(name: string): string {
  return name.replace(/(^|[-_])(\w)/g, (_, _separator, letter: string) => letter.toUpperCase());
}

/** What json-schema-to-typescript needs to give the type of a resolved document: keys with a default are present. */
function resolvedShape(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(resolvedShape);
  if (typeof node !== 'object' || node === null) return node;
  const schema = { ...(node as Record<string, unknown>) };
  if (schema.properties && typeof schema.properties === 'object') {
    const properties = schema.properties as Record<string, { default?: unknown }>;
    const required = new Set((schema.required as string[] | undefined) ?? []);
    for (const [key, property] of Object.entries(properties))
      if (property.default !== undefined) required.add(key);
    schema.required = [...required];
  }
  // A union told apart by its type: the branches' types are the property's.
  if (schema.if && schema.else) {
    schema.anyOf = [{ ...(schema.if as object), ...(schema.then as object) }, schema.else];
    for (const key of ['if', 'then', 'else', 'type']) delete schema[key];
  }
  // Only arrays of one length are tuples.
  if (schema.minItems !== schema.maxItems) {
    delete schema.minItems;
    delete schema.maxItems;
  }
  delete schema.discriminator;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolvedShape(value)]));
}

async function typesOf(file: string): Promise<string> {
  const schema = resolvedShape(JSON.parse(readFileSync(join(root, 'schemas', file), 'utf8')));
  return compile(schema as JSONSchema, file, {
    bannerComment: `// Generated from schemas/${file} by \`npm run generate\`; do not edit.`,
    additionalProperties: false,
    declareExternallyReferenced: true,
    strictIndexSignatures: false,
    unknownAny: true,
    style: { singleQuote: true, printWidth: 110 },
  });
}

function put(path: string, text: string): void {
  const full = join(root, path);
  let committed: string | undefined;
  try {
    committed = readFileSync(full, 'utf8');
  } catch {
    // Not generated yet.
  }
  if (committed === text) return;
  if (check) stale.push(path);
  else writeFileSync(full, text);
}

/** Where the types of a schema belong: the record's to src/record, the experiment's to src/spec. */
function targetOf(file: string): string {
  const name = file.replace(/\.schema\.json$/, '');
  return name.startsWith('record-')
    ? `src/record/${name.slice('record-'.length)}.generated.ts`
    : `src/spec/${name}.generated.ts`;
}

const experiment = 'schemas/experiment.schema.json';
put(experiment, withEffects(readFileSync(join(root, experiment), 'utf8')));
for (const file of readdirSync(join(root, 'schemas')).sort())
  if (file.endsWith('.schema.json')) put(targetOf(file), await typesOf(file));

put('src/spec/decides.generated.ts', formatted('decides.generated.ts', decidesTable(experiment)));
// Reads the schema as it is loaded, which was written above.
const { specReference } = await import('./spec-reference.ts');
put('docs/spec.md', specReference());
put('docs/augmentation.md', augmentationReference());

if (stale.length > 0) {
  console.error(`Not fresh: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`);
  process.exit(1);
}
