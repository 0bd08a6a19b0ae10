import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../src/base/folders.ts';

/** Program of an external trainer that needs Python's standard library alone. */
export const externalTrainer = (): string => join(packageFolder(), 'experiments', 'external', 'train.py');

/** Writes exp.yaml, an experiment of that trainer that takes a moment; `more` are further keys. */
export function writeExternal(cwd: string, epochs: number, more: object = {}): void {
  writeFileSync(
    join(cwd, 'exp.yaml'),
    JSON.stringify({
      name: 'exp',
      trainer: { command: ['python3', externalTrainer()] },
      train: { epochs, batch_size: 16 },
      ...more,
    }),
  );
}
