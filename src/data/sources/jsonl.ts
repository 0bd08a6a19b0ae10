import { basename } from 'node:path';
import { FacecomError } from '../../base/errors.ts';
import { type LabelledRow, pictureRows, tableFile } from '../labelled-rows.ts';
import { existingFolder, type FileSource } from '../listing.ts';
import { withPairs } from '../pair-list.ts';
import { readUtf8 } from '../text-file.ts';

/** A file with a JSON object a line and image; `data.columns` names its keys. Labels may be absent or null. */
export const source: FileSource = {
  async list(settings) {
    const folder = await existingFolder(settings, 'the folder of the table and its images');
    const file = await tableFile(folder, settings.file, /\.(?:jsonl|ndjson)$/);
    const text = await readUtf8(file, basename(file));
    const { columns } = settings;
    const rows: LabelledRow[] = [];
    for (const [i, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      const place = { file, line: i + 1 };
      const value = parseLine(line, place);
      rows.push({
        image: value[columns.image],
        gender: value[columns.gender],
        identity: value[columns.identity],
        split: value[columns.split],
        place,
      });
    }
    return withPairs(await pictureRows(folder, file, rows, settings), settings);
  },
};

function parseLine(line: string, place: { file: string; line: number }): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw notAnObject(place, (error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notAnObject(place, line.slice(0, 60));
  return value as Record<string, unknown>;
}

function notAnObject(place: { file: string; line: number }, found: string): FacecomError {
  return new FacecomError('data-table', 'A line of the file is no JSON object.', {
    place,
    found,
    expected: 'an object such as {"filename": "a.jpg", "gender": "Male", "person_id": "7"} in each line',
    exitCode: 2,
  });
}
