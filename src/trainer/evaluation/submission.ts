import { csvCell, harmless } from '../../base/csv.ts';
import { argmax, genderOf, type Outcomes } from './metrics.ts';

/** What is reported about one image. */
export interface Prediction {
  filename: string;
  gender: 'Male' | 'Female';
  /** Probability of the predicted gender. */
  genderProbability: number;
  identity: string;
  /** Probability of the predicted identity. */
  identityProbability: number;
}

/** The predictions of both heads for each image. */
export function predictions(
  names: readonly string[],
  {
    genderLogits,
    identityLogits,
    identities,
  }: Pick<Outcomes, 'genderLogits' | 'identityLogits' | 'identities'>,
  classes: readonly string[],
): Prediction[] {
  return names.map((filename, row) => {
    const logit = genderLogits[row]!;
    const guess = argmax(identityLogits, row, identities);
    return {
      filename,
      gender: genderOf(logit) === 1 ? 'Female' : 'Male',
      genderProbability: 1 / (1 + Math.exp(-Math.abs(logit))),
      // Without classes there is nobody to name.
      identity: classes[guess] ?? '',
      identityProbability: largestSoftmax(identityLogits, row, identities, guess),
    };
  });
}

/**
 * The text of submission.csv (RFC 4180, line feeds): one line an image. A name that a spreadsheet would take for a formula has an
 * apostrophe in front (OWASP, CSV injection), unless `raw` leaves it as it is.
 */
export function submission(rows: readonly Prediction[], { raw = false } = {}): string {
  const cell = (text: string) => csvCell(raw ? text : harmless(text));
  const lines = ['filename,predicted_gender,predicted_identity,gender_probability,identity_probability'];
  for (const row of rows) {
    lines.push(
      [
        cell(row.filename),
        row.gender,
        cell(row.identity),
        row.genderProbability.toFixed(6),
        row.identityProbability.toFixed(6),
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The largest of a row's softmax probabilities, which is that of its largest logit. */
export function largestSoftmax(logits: Float32Array, row: number, columns: number, largest: number): number {
  const top = logits[row * columns + largest]!;
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += Math.exp(logits[row * columns + k]! - top);
  return 1 / sum;
}
