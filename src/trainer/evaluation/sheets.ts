import { formatFixed } from '../../base/format.ts';
import { type Batch, type SheetRow, type Subset, underCondition } from '../../data/index.ts';
import type { HardPair } from '../../record/index.ts';
import type { Answer } from './test-images.ts';

// What the sheets of images show that a run leaves to be looked at.

const COLUMNS = 8;
const MOST = 32; // images of a sheet

/** A batch as it is trained on, each image over its labels; copied, since the batch's memory is used again. */
export function batchRows(
  { images, gender, identity, size }: Batch,
  identities: readonly string[],
): SheetRow[] {
  const length = images.length / size;
  return inRows(
    Array.from({ length: Math.min(size, MOST) }, (_, k) => ({
      pixels: images.slice(k * length, (k + 1) * length),
      caption: [identities[identity[k]!], ['Male', 'Female'][gender[k]!]]
        .filter((label) => label !== undefined)
        .map((label) => cut(label))
        .join('\n'),
    })),
  );
}

/** The images with a wrong answer, the most certain first: what each shows, and what it was taken for. */
export function mistakeRows(subset: Subset, answers: readonly Answer[]): SheetRow[] {
  const wrong = answers
    .flatMap(({ identity, predictedIdentity, certainty, female, ...answer }, i) => {
      const found = [];
      if (answer.identityRight === false)
        found.push({ i, certainty, shown: identity ?? '', taken: predictedIdentity ?? '' });
      if (answer.genderRight === false)
        found.push({
          i,
          certainty: Math.max(female, 1 - female),
          shown: ['Male', 'Female'][answer.gender]!,
          taken: ['Male', 'Female'][answer.predictedGender]!,
        });
      return found;
    })
    .sort((a, b) => b.certainty - a.certainty)
    .slice(0, MOST);
  return inRows(
    wrong.map(({ i, certainty, shown, taken }) => ({
      pixels: subset.pixels(i),
      caption: `${cut(shown)}\nfor ${cut(taken, 8)} ${formatFixed(certainty, 2)}`,
    })),
  );
}

/** Two identities that look most alike, and one that looks least alike, side by side with their cosines. */
export function pairRows(subset: Subset, pairs: readonly HardPair[]): SheetRow[] {
  const positionOf = new Map(subset.names.map((name, i) => [name, i]));
  return [false, true].flatMap((same) => {
    const pictures = pairs
      .filter((pair) => pair.same === same)
      .slice(0, MOST / 4)
      .flatMap(({ left, right, cosine }) => [
        { pixels: subset.pixels(positionOf.get(left)!), caption: `cosine ${formatFixed(cosine, 2)}` },
        { pixels: subset.pixels(positionOf.get(right)!), caption: ' ' },
      ]);
    const label = same ? 'one identity' : 'two identities';
    return inRows(pictures).map((row, i) => ({ ...row, label: i === 0 ? label : '' }));
  });
}

/** One image under each condition at each severity. */
export function conditionRows(
  subset: Subset,
  {
    conditions,
    severities,
    ...options
  }: { conditions: readonly string[]; severities: readonly number[]; imageSize: number; seed: number },
): SheetRow[] {
  return conditions.map((condition) => ({
    label: condition,
    pictures: [
      { pixels: subset.pixels(0), caption: 'clean' },
      ...severities.map((severity) => ({
        pixels: underCondition(subset, { condition, severity, ...options }).pixels(0),
        caption: `severity ${severity}`,
      })),
    ],
  }));
}

function inRows(pictures: SheetRow['pictures']): SheetRow[] {
  return Array.from({ length: Math.ceil(pictures.length / COLUMNS) }, (_, row) => ({
    label: '',
    pictures: pictures.slice(row * COLUMNS, (row + 1) * COLUMNS),
  }));
}

/** A name as it fits under an image. */
const cut = (name: string, most = 15): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
