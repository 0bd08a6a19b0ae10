import { extension } from '../../plugins/index.ts';
import { broken, type Rule } from './rule.ts';

/** A source that reads a folder says which; one of a plugin may need none. */
export const dataPath: Rule = {
  reads: ['data.source', 'data.path'],
  check: ({ data: { source, path } }) =>
    source === 'synthetic' || source === 'several' || path !== undefined || extension('source', source)
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
