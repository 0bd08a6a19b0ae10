import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isRecord } from '../base/objects.ts';
import type { Experiment } from './experiment.generated.ts';
import type { PlacedFinding } from './findings.ts';
import { formatPath, type Path } from './tree.ts';

const SCHEMA: Path = ['trainer', 'schema'];
const PARAMS: Path = ['trainer', 'params'];

/** In what `trainer.params` breaks the JSON Schema (draft 2020-12) that `trainer.schema` names; nothing if none is named. */
export async function checkTrainerParams({ trainer }: Experiment, cwd: string): Promise<PlacedFinding[]> {
  if (trainer?.schema === undefined) return [];
  const schema = await readSchema(trainer.schema, cwd);
  if ('code' in schema) return [schema];
  const { compileSchema } = await import('./foreign-schema.ts');
  let validate: ReturnType<typeof compileSchema>;
  try {
    validate = compileSchema(schema.value);
  } catch (error) {
    return [wrongSchema(trainer.schema, (error as Error).message)];
  }
  if (validate(trainer.params ?? {})) return [];
  return validate.errors!.map(({ instancePath, message, params, keyword }) => {
    const path = [...PARAMS, ...pathOf(instancePath)];
    const extra = keyword === 'additionalProperties' ? [String(params.additionalProperty)] : [];
    const at = [...path, ...extra];
    return {
      code: 'trainer-params',
      at,
      on: extra.length > 0 ? 'key' : 'value',
      path: formatPath(at),
      message: extra[0]
        ? `${formatPath(path)} has no key ${extra[0]}.`
        : `${formatPath(path)} ${message ?? 'is not allowed'}.`,
      expected: `what ${trainer.schema} allows`,
    };
  });
}

async function readSchema(file: string, cwd: string): Promise<{ value: object } | PlacedFinding> {
  try {
    const value: unknown = JSON.parse(await readFile(resolve(cwd, file), 'utf8'));
    return isRecord(value) ? { value } : wrongSchema(file, 'it is no object');
  } catch (error) {
    return wrongSchema(file, (error as Error).message);
  }
}

function wrongSchema(file: string, why: string): PlacedFinding {
  return {
    code: 'trainer-schema',
    at: SCHEMA,
    on: 'value',
    path: formatPath(SCHEMA),
    message: 'trainer.schema is no JSON Schema that can be read.',
    found: `${file}: ${why}`,
    expected: 'a file with a JSON Schema (draft 2020-12), relative to the working directory',
  };
}

/** The keys of a JSON pointer. */
const pathOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
