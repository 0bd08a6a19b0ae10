import { join } from 'node:path';
import { writeAside } from '../../base/files.ts';

export interface Annotation {
  filename: string;
  /** −1 unknown, 0 male, 1 female. */
  gender: -1 | 0 | 1;
  person: string | undefined;
}

/** Writes annotations.json, one image per line. */
export function writeAnnotations(folder: string, annotations: readonly Annotation[]): void {
  const lines = annotations.map(({ filename, gender, person }) => {
    const word = gender === -1 ? null : gender === 1 ? 'Female' : 'Male';
    return `  ${JSON.stringify({ filename, gender: word, person_id: person ?? null })}`;
  });
  writeAside(join(folder, 'annotations.json'), `[\n${lines.join(',\n')}\n]\n`);
}
