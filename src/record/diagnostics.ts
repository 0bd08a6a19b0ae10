import { join } from 'node:path';
import { cleanName } from '../base/clean-text.ts';
import { readJson } from '../base/files.ts';
import { finite, flag, listOf, object, oneOf, type Shape, text, whole } from './shape.ts';

/** A point of a ROC curve: at this threshold, the share of negatives and of positives that are accepted. */
export type RocPoint = [threshold: number, falseAccepts: number, trueAccepts: number];

/** Two images, and the cosine of their embeddings. */
export interface HardPair {
  left: string;
  right: string;
  same: boolean;
  cosine: number;
}

/** A curve over thresholds, which fall. */
export interface RocCurve {
  positives: number;
  negatives: number;
  auc: number;
  eer: number;
  threshold: number;
  /** Whether validation images chose the threshold; else these very ones did. */
  chosen_on: 'validation' | 'test';
  points: RocPoint[];
  /** Pairs that are hardest to tell: of two identities, and of one. */
  hardest?: HardPair[];
}

/** Images of a stretch of confidence, and how many of them were right. */
export interface CalibrationBin {
  low: number;
  high: number;
  count: number;
  /** Means of the bin, 0 … 1. */
  confidence: number;
  accuracy: number;
}

/** What artifacts/diagnostics.json tells of the test images. */
export interface Diagnostics {
  verification?: RocCurve;
  gender?: RocCurve;
  calibration?: { gender?: CalibrationBin[]; identity?: CalibrationBin[] };
  /** Images in one file, tile by tile. */
  sheet?: { file: 'mistakes.jpg'; tile: number; columns: number; names: string[] };
}

const name: Shape<string> = (value) => (typeof value === 'string' ? cleanName(value) : undefined);
const share: Shape<number> = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined;

const point: Shape<RocPoint> = (value) =>
  Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)
    ? (value as RocPoint)
    : undefined;

const curve = object<RocCurve>(
  {
    positives: whole(0),
    negatives: whole(0),
    auc: share,
    eer: share,
    threshold: finite,
    chosen_on: oneOf('validation', 'test'),
    points: listOf(point),
    hardest: listOf(
      object<HardPair>({ left: name, right: name, same: flag, cosine: finite }, [
        'left',
        'right',
        'same',
        'cosine',
      ]),
    ),
  },
  ['positives', 'negatives', 'auc', 'eer', 'threshold', 'chosen_on', 'points'],
);

const bins = listOf(
  object<CalibrationBin>({ low: share, high: share, count: whole(1), confidence: share, accuracy: share }, [
    'low',
    'high',
    'count',
    'confidence',
    'accuracy',
  ]),
);

const shape = object<Diagnostics>({
  verification: curve,
  gender: curve,
  calibration: object<NonNullable<Diagnostics['calibration']>>({ gender: bins, identity: bins }),
  sheet: object<NonNullable<Diagnostics['sheet']>>(
    { file: oneOf('mistakes.jpg'), tile: whole(1), columns: whole(1), names: listOf(text) },
    ['file', 'tile', 'columns', 'names'],
  ),
});

/** Empty if there is none; what is of another shape is left out. */
export function readDiagnostics(runDir: string): Diagnostics {
  const found = shape(readJson(join(runDir, 'artifacts', 'diagnostics.json'))) ?? {};
  if (found.sheet) found.sheet.names = found.sheet.names.map((one) => cleanName(one));
  return found;
}
