import { csvCell } from '../../base/csv.ts';
import type { Subset } from '../../data/index.ts';
import { argmax, genderOf, type Outcomes } from './metrics.ts';
import { largestSoftmax } from './submission.ts';

/** What a model says of one image, beside what it shows. */
export interface Answer {
  name: string;
  /** 0 male, 1 female, −1 unknown. */
  gender: number;
  predictedGender: 0 | 1;
  /** Probability of Female. */
  female: number;
  /** Name of the identity, undefined if it is unknown or none of the training's classes. */
  identity: string | undefined;
  /** Undefined without classes. */
  predictedIdentity: string | undefined;
  /** Probability of the predicted identity. */
  certainty: number;
  /** Of a task whose label is known; undefined otherwise. */
  genderRight: boolean | undefined;
  identityRight: boolean | undefined;
}

/** Truth and answers image by image, in the subset's order. */
export function answersOf(
  { names }: Pick<Subset, 'names'>,
  outcomes: Outcomes,
  classes: readonly string[],
): Answer[] {
  const { gender, genderLogits, identity, identityLogits, identities } = outcomes;
  return names.map((name, row) => {
    const logit = genderLogits[row]!;
    const guess = argmax(identityLogits, row, identities);
    const actual = gender[row]!;
    const own = identity[row]!;
    return {
      name,
      gender: actual,
      predictedGender: genderOf(logit),
      female: 1 / (1 + Math.exp(-logit)),
      identity: own < 0 ? undefined : classes[own],
      predictedIdentity: classes[guess],
      certainty: classes.length === 0 ? 0 : largestSoftmax(identityLogits, row, identities, guess),
      genderRight: actual < 0 ? undefined : genderOf(logit) === actual,
      identityRight: own < 0 ? undefined : guess === own,
    };
  });
}

const genderName = (value: number): string => (value < 0 ? '' : value === 1 ? 'Female' : 'Male');

/** test_images.csv (RFC 4180): truth and answers, a line an image; what is unknown is empty. Two runs are compared by it. */
export function testImages(answers: readonly Answer[]): string {
  const lines = [
    'filename,gender,predicted_gender,female_probability,identity,predicted_identity,identity_probability',
  ];
  for (const answer of answers)
    lines.push(
      [
        csvCell(answer.name),
        genderName(answer.gender),
        genderName(answer.predictedGender),
        answer.female.toFixed(6),
        csvCell(answer.identity ?? ''),
        csvCell(answer.predictedIdentity ?? ''),
        answer.certainty.toFixed(6),
      ].join(','),
    );
  return `${lines.join('\n')}\n`;
}
