import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { cleanName } from '../base/clean-text.ts';

/** Truth and answer of one test image; what is unknown is undefined. */
export interface TestImage {
  filename: string;
  gender?: string;
  predictedGender?: string;
  /** Probability of Female, 0 … 1. */
  female?: number;
  identity?: string;
  predictedIdentity?: string;
  /** Probability of the predicted identity, 0 … 1. */
  certainty?: number;
  /** Undefined where the truth is unknown. */
  genderRight?: boolean;
  identityRight?: boolean;
}

/** What artifacts/test_images.csv holds, in its order; undefined if there is none, or none that can be read. */
export function readTestImages(runDir: string): TestImage[] | undefined {
  let rows: Record<string, string>[];
  try {
    rows = parse(readFileSync(join(runDir, 'artifacts', 'test_images.csv'), 'utf8'), {
      columns: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      relax_column_count: true,
    });
  } catch {
    return undefined;
  }
  const images = rows.flatMap((row) => {
    const filename = row.filename && cleanName(row.filename);
    return filename ? [imageOf(filename, row)] : [];
  });
  return images.length > 0 ? images : undefined;
}

function imageOf(filename: string, row: Record<string, string>): TestImage {
  const text = (name: string) => (row[name] ? cleanName(row[name]) : undefined);
  const share = (name: string) => {
    const value = Number(row[name] || Number.NaN);
    return value >= 0 && value <= 1 ? value : undefined;
  };
  const image: TestImage = {
    filename,
    gender: text('gender'),
    predictedGender: text('predicted_gender'),
    female: share('female_probability'),
    identity: text('identity'),
    predictedIdentity: text('predicted_identity'),
    certainty: share('identity_probability'),
  };
  const { gender, predictedGender, identity, predictedIdentity } = image;
  if (gender !== undefined) image.genderRight = gender === predictedGender;
  if (identity !== undefined) image.identityRight = identity === predictedIdentity;
  return image;
}
