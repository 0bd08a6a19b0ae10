import { pictureRows, tableFile } from '../labelled-rows.ts';
import { existingFolder, type FileSource } from '../listing.ts';
import { withPairs } from '../pair-list.ts';
import { readTable } from '../table.ts';

/** A CSV file with a line an image; `data.columns` names its columns. Columns of labels may be absent. */
export const source: FileSource = {
  async list(settings) {
    const folder = await existingFolder(settings, 'the folder of the table and its images');
    const file = await tableFile(folder, settings.file, /\.[ct]sv$/);
    const delimiter = /\.tsv$/.test(file) ? '\t' : settings.delimiter;
    const table = await readTable(file, delimiter);
    const { columns } = settings;
    table.needs([columns.image]);
    const rows = table.rows.map(({ values, place }) => ({
      image: values[columns.image],
      gender: values[columns.gender],
      identity: values[columns.identity],
      split: values[columns.split],
      place,
    }));
    return withPairs(await pictureRows(folder, file, rows, settings), settings);
  },
};
