import type { Experiment } from '../../spec/index.ts';
import type { Collection } from '../dataset.ts';

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
