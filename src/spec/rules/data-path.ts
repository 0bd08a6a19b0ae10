import { broken, type Rule } from './rule.ts';

/** A source that reads a folder says which. */
export const dataPath: Rule = {
  reads: ['data'],
  check: ({ data: { source, path } }) =>
    source === 'synthetic' || source === 'several' || path !== undefined
      ? []
      : broken(
          'rule-data-path',
          ['data', 'path'],
          `data.source ${source} needs data.path, the folder of the data set.`,
          {
            on: 'key',
            remedy: 'Add `path:` under data, or give --set data.path=FOLDER.',
          },
        ),
};
