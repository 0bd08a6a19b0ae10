import type { Experiment } from '../../../spec/index.ts';
import { adaface } from './adaface.ts';
import { arcface } from './arcface.ts';
import { cosface } from './cosface.ts';
import type { MarginMaker } from './margin.ts';

export type { Margin } from './margin.ts';

export type IdentityLossName = Experiment['model']['heads']['identity']['loss'];
export type MarginName = Exclude<IdentityLossName, 'softmax' | 'none'>;

/** Every margin loss, by its name in a spec: one line each. Sub-center ArcFace differs in its classes alone. */
export const margins: Record<MarginName, MarginMaker> = { arcface, cosface, adaface, subcenter: arcface };
