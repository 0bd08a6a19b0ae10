import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAsideAsync } from '../base/files.ts';
import { type SheetRow, writeSheet } from '../data/index.ts';
import type { Session } from './session.ts';

type Run = Pick<Session, 'runDir' | 'record'>;

/** Writes a text, bytes, or a value as JSON, aside and renames it, and says so in the record. */
export async function writeArtifact(
  { runDir, record }: Run,
  name: string,
  kind: string,
  content: string | object,
): Promise<void> {
  const path = join(runDir, 'artifacts', name);
  await mkdir(dirname(path), { recursive: true });
  await writeAsideAsync(
    path,
    typeof content === 'string' || content instanceof Uint8Array
      ? content
      : `${JSON.stringify(content, null, 2)}\n`,
  );
  record.artifact(path, kind);
}

/**
 * Writes images as one sheet, `artifacts/images/<name>.jpg`, unless there are none. They are to be looked at: what cannot be drawn is said in
 * the log, and the run continues.
 */
export async function writeImages(
  { runDir, record, dataset, log }: Run & Pick<Session, 'dataset' | 'log'>,
  name: string,
  title: string,
  rows: SheetRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const path = join(runDir, 'artifacts', 'images', `${name}.jpg`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeSheet(path, rows, dataset.imageSize, title);
    record.artifact(path, 'image');
  } catch (error) {
    log(`images/${name}.jpg was not drawn: ${(error as Error).message}`);
  }
}
