import { extension } from '../../plugins/index.ts';
import type { Experiment } from '../../spec/index.ts';
import type { Collection } from '../dataset.ts';
import type { SourceDefinition } from './own.ts';

export type DataSettings = Experiment['data'];

/** Finds what a source holds and checks it; pixels are read later. */
export interface Source {
  open(data: DataSettings, options: { signal?: AbortSignal }): Promise<Collection>;
}

/** Every data source by its name in `data.source`: one line each, loaded when asked for. */
export const sources: Record<DataSettings['source'], () => Promise<{ source: Source }>> = {
  synthetic: () => import('./synthetic.ts'),
  facecom: () => import('./facecom.ts'),
};

/** The source that `data.source` names, of the table or of a plugin. */
export async function sourceOf(data: DataSettings): Promise<Source> {
  const own = extension<SourceDefinition<unknown>>('source', data.source);
  if (own) return (await import('./own.ts')).ownSource(own.name, own);
  return (await sources[data.source]()).source;
}
