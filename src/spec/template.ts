import { isRecord } from '../base/objects.ts';
import { childSchema, experimentSchema, fillDefaults, resolved, type Schema } from './schema.ts';

/** Keys that are written out, of each section; the others are left to their defaults. */
const shown: ReadonlyArray<[section: string, keys: readonly string[]]> = [
  ['data', ['source', 'image_size', 'split', 'synthetic']],
  ['model', ['backbone', 'heads']],
  ['loss', ['alpha', 'beta', 'label_smoothing']],
  ['augment', ['policy']],
  ['optimizer', ['name', 'lr', 'weight_decay']],
  ['schedule', ['name', 'patience', 'factor']],
  ['train', ['epochs', 'batch_size', 'precision', 'early_stopping']],
  ['evaluate', ['score']],
  ['tracking', ['mlflow', 'experiment']],
];

/** Column of the comments. */
const WIDTH = 32;

/** A spec with its usual keys at their defaults, each with what the schema says of it. */
export function commentedSpec({ name, schema }: { name: string; schema: string }): string {
  const config = fillDefaults(experimentSchema, { name }) as Record<string, Record<string, unknown>>;
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    '# Every key but name may be left out: it has a default. `facecom explain FILE KEY` says what a key means and',
    '# where its value comes from, `facecom validate FILE` what is wrong, `facecom run FILE` trains.',
    line(`name: ${/^[A-Za-z][A-Za-z_-]*$/.test(name) ? name : JSON.stringify(name)}`, 'Folder of its runs.'),
    line(`seed: ${config.seed}`, experimentSchema.properties!.seed!.description!),
  ];
  for (const [section, keys] of shown) {
    const value = config[section]!;
    const branch = resolved(experimentSchema.properties![section]!);
    lines.push('', `# ${branch.description}`, `${section}:`);
    for (const key of keys) lines.push(...entry(key, value[key], childSchema(branch, key, value)!, '  '));
  }
  lines.push(
    '',
    '# facecom sweep FILE runs every combination; --dry-run shows them first.',
    '# sweep:',
    '#   repeats: 3',
    '#   axes:',
    '#     optimizer.lr: [0.001, 0.0003]',
    '#   simplex: { paths: [loss.alpha, loss.beta], total: 1, step: 0.25 }',
    '',
  );
  return lines.join('\n');
}

function entry(key: string, value: unknown, schema: Schema, indent: string): string[] {
  if (!schema.properties || !isRecord(value))
    return [line(`${indent}${key}: ${flow(value)}`, comment(schema))];
  return [
    line(`${indent}${key}:`, schema.description ?? ''),
    ...Object.entries(value).flatMap(([name, child]) =>
      entry(name, child, childSchema(schema, name, value)!, `${indent}  `),
    ),
  ];
}

function comment(schema: Schema): string {
  const description = schema.description ?? '';
  const values = schema.then?.enum ?? schema.enum ?? [];
  // Where the description does not name what is allowed.
  if (values.every((value) => description.includes(String(value)))) return description;
  return `${description.replace(/\.$/, '')}: ${values.join(', ')}${schema.then?.enum ? ', or a list' : ''}.`;
}

const line = (content: string, text: string): string => `${content.padEnd(WIDTH)} # ${text}`;

/** A value in YAML's flow style. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, child]) => `${key}: ${flow(child)}`)
      .join(', ')} }`;
  return String(value);
}
