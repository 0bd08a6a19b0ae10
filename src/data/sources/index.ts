import { extension } from '../../plugins/index.ts';
import type { Collection } from '../dataset.ts';
import type { DataSettings, FileSource } from '../listing.ts';
import type { SourceDefinition } from './own.ts';

export type { DataSettings } from '../listing.ts';

export interface OpenOptions {
  signal?: AbortSignal | undefined;
  /** Called while the headers of files are read. */
  onProgress?: ((progress: { done: number; total: number; unit: 'images' }) => void) | undefined;
}

/** Finds what a source holds and checks it; pixels are read later. */
export interface Source {
  open(data: DataSettings, options: OpenOptions): Promise<Collection>;
}

/** Every source of files by its name in `data.source`: one line each, loaded when asked for. */
export const fileSources = {
  facecom: () => import('./facecom.ts'),
  annotations: () => import('./facecom.ts'),
  competition: () => import('./competition.ts'),
  folders: () => import('./folders.ts'),
  csv: () => import('./csv.ts'),
  jsonl: () => import('./jsonl.ts'),
  pairs: () => import('./pairs.ts'),
  auto: () => import('./auto.ts'),
} satisfies Partial<Record<DataSettings['source'], () => Promise<{ source: FileSource }>>>;

/** Every data source by its name: those of files, and those that are opened in their own way. */
export const sources: Record<DataSettings['source'], () => Promise<{ source: Source }>> = {
  synthetic: () => import('./synthetic.ts'),
  several: () => import('./several.ts'),
  ...(Object.fromEntries(
    Object.entries(fileSources).map(([name, load]) => [
      name,
      async () => ({ source: opened((await load()).source) }),
    ]),
  ) as Record<keyof typeof fileSources, () => Promise<{ source: Source }>>),
};

/** A source of files as one that is opened: listed, then looked at file by file. */
function opened(files: FileSource): Source {
  return {
    async open(data, options) {
      const { collect } = await import('../collect.ts');
      return collect(await files.list(data, options), data, options);
    },
  };
}

/** The source that `data.source` names, of the table or of a plugin. */
export async function sourceOf(data: DataSettings): Promise<Source> {
  const own = extension<SourceDefinition<unknown>>('source', data.source);
  if (own) return (await import('./own.ts')).ownSource(own.name, own);
  return (await sources[data.source]()).source;
}
