import { expectation } from '../src/spec/check.ts';
import { choices } from '../src/spec/describe.ts';
import { experimentSchema, resolved, type Schema } from '../src/spec/schema.ts';

/** docs/spec.md: every key of a spec, from the schema. */
export function specReference(): string {
  const lines = [
    '<!-- Generated from schemas/experiment.schema.json by `npm run generate`; do not edit. -->',
    '# The keys of an experiment',
    '',
    'Every key but `name` may be left out. `facecom explain SPEC KEY` says the same of one key, with its value and where that came',
    'from. How specs are put together, and the language of sweeps: [sweeps.md](sweeps.md).',
    '',
    '## Top level',
    '',
    ...tableOf(experimentSchema, ''),
  ];
  for (const [key, property] of Object.entries(experimentSchema.properties!)) {
    const schema = resolved(property);
    if (!schema.properties && !schema.oneOf && key !== 'augment') continue;
    lines.push('', `## ${key}`, '', schema.description ?? '', '');
    lines.push(...section(schema, key));
    if (key === 'augment') lines.push('', ...effects());
    if (key === 'sweep') lines.push('', ...parts());
  }
  return `${lines.join('\n')}\n`;
}

function section(schema: Schema, path: string): string[] {
  if (!schema.oneOf) return tableOf(schema, path);
  const tag = schema.discriminator!.propertyName;
  const initial = (schema.default as Record<string, unknown> | undefined)?.[tag];
  return schema.oneOf.map(resolved).flatMap((branch, i) => {
    const name = String(branch.properties![tag]!.const);
    return [
      ...(i > 0 ? [''] : []),
      `### \`${tag}: ${name}\`${name === initial ? ' (the default)' : ''}`,
      '',
      branch.properties![tag]!.description ?? '',
      ...(Object.keys(branch.properties!).length > 1 ? ['', ...tableOf(branch, path, tag)] : []),
    ];
  });
}

function effects(): string[] {
  return [
    'A policy is a name or a list of effects, applied in order; images and policies: [augmentation.md](augmentation.md).',
    '',
    ...section(resolved({ $ref: '#/$defs/effect' }), 'augment.policy[0]'),
  ];
}

function parts(): string[] {
  return [
    '### A distribution',
    '',
    resolved({ $ref: '#/$defs/distribution' }).description!,
    '',
    ...tableOf(resolved({ $ref: '#/$defs/distribution' }), ''),
    '',
    '### A simplex',
    '',
    resolved({ $ref: '#/$defs/simplex' }).description!,
    '',
    ...tableOf(resolved({ $ref: '#/$defs/simplex' }), ''),
    '',
    '### A condition',
    '',
    resolved({ $ref: '#/$defs/condition' }).description!,
  ];
}

/** One row a key; the keys of maps in it follow with their paths. */
function tableOf(schema: Schema, path: string, without?: string): string[] {
  return [
    '| key | what it is | allowed | default | example |',
    '|---|---|---|---|---|',
    ...rows(schema, path, without),
  ];
}

function rows(schema: Schema, path: string, without?: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const child = resolved(property);
    const name = path ? `${path}.${key}` : key;
    if (key === without) return [];
    // A section of the top level has a table of its own.
    if (path === '' && (child.properties || child.oneOf) && schema === experimentSchema)
      return [row([`[\`${key}\`](#${key})`, child.description ?? '', 'a map', '', ''])];
    if (child.properties) return rows(child, name);
    const allowed = choices(child) ?? expectation(child);
    return [
      row([
        `\`${name}\``,
        child.description ?? '',
        `${allowed}${child.unit ? `; ${child.unit}` : ''}`,
        code(child.default),
        code(child.examples?.[0]),
      ]),
    ];
  });
}

const row = (cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const code = (value: unknown): string => (value === undefined ? '' : `\`${JSON.stringify(value)}\``);
