import { argmax, genderOf, type Outcomes } from './metrics.ts';

/** What is said of one picture. */
export interface Prediction {
  filename: string;
  gender: 'Male' | 'Female';
  /** Probability of the predicted gender. */
  genderProbability: number;
  identity: string;
  /** Probability of the predicted identity. */
  identityProbability: number;
}

/** The predictions of both heads for each picture. */
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

/** The text of submission.csv (RFC 4180, line feeds): one line a picture. */
export function submission(rows: readonly Prediction[]): string {
  const lines = ['filename,predicted_gender,predicted_identity,gender_probability,identity_probability'];
  for (const row of rows) {
    lines.push(
      [
        quoted(row.filename),
        row.gender,
        quoted(row.identity),
        row.genderProbability.toFixed(6),
        row.identityProbability.toFixed(6),
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The largest of a row's softmax probabilities, which is that of its largest logit. */
function largestSoftmax(logits: Float32Array, row: number, columns: number, largest: number): number {
  const top = logits[row * columns + largest]!;
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += Math.exp(logits[row * columns + k]! - top);
  return 1 / sum;
}

/** A value of a CSV file (RFC 4180). */
export const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
