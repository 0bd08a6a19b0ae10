import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runName } from '../../../record/index.ts';
import { experimentSchema, type Schema, schemaAt } from '../../../spec/index.ts';

/** `last`, the experiments and sweeps of a folder of runs, and their runs. */
export function namesOfRuns(runs: string): string[] {
  const experiments = folders(runs);
  return [
    'last',
    ...experiments,
    ...experiments.flatMap((name) =>
      folders(join(runs, name)).flatMap((run) => (runName(join(runs, name, run)) ? [`${name}/${run}`] : [])),
    ),
  ];
}

function folders(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The keys that may follow what is written of a dotted path, `train.epochs=` for a value; its words once `=` is written. */
export function keysOfSpecs(written: string): string[] {
  const equals = written.indexOf('=');
  if (equals > 0) {
    const path = written.slice(0, equals);
    const words = schemaAt(path.split('.'), {})?.enum ?? [];
    return words.map((word) => `${path}=${String(word)}`);
  }
  const parents = written.split('.').slice(0, -1);
  const schema = parents.length === 0 ? experimentSchema : schemaAt(parents, {});
  const prefix = parents.map((part) => `${part}.`).join('');
  return Object.entries(schema?.properties ?? {}).map(([key, child]) =>
    isMap(child) ? `${prefix}${key}.` : `${prefix}${key}=`,
  );
}

const isMap = (schema: Schema): boolean => schema.properties !== undefined;
