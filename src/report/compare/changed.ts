import type { TestImage } from '../../record/index.ts';

/** An image that two sides answer differently. */
export interface ChangedImage {
  filename: string;
  gender?: string;
  identity?: string;
  /** What each side says: `[first, second]`. */
  answers: [TestImage, TestImage];
  /** What it is for the second side. */
  change: 'won' | 'lost' | 'both wrong';
}

/** Test images whose answers differ, those that the second side has lost first. */
export function changedImages(first: readonly TestImage[], second: readonly TestImage[]): ChangedImage[] {
  const other = new Map(second.map((image) => [image.filename, image]));
  const changed = first.flatMap((image): ChangedImage[] => {
    const now = other.get(image.filename);
    if (!now || now.identity !== image.identity || now.gender !== image.gender) return [];
    const gender = image.gender !== undefined && image.predictedGender !== now.predictedGender;
    const identity = image.identity !== undefined && image.predictedIdentity !== now.predictedIdentity;
    if (!gender && !identity) return [];
    const right = (one: TestImage) => Number(one.genderRight === true) + Number(one.identityRight === true);
    const gain = right(now) - right(image);
    return [
      {
        filename: image.filename,
        ...(image.gender === undefined ? {} : { gender: image.gender }),
        ...(image.identity === undefined ? {} : { identity: image.identity }),
        answers: [image, now],
        change: gain > 0 ? 'won' : gain < 0 ? 'lost' : 'both wrong',
      },
    ];
  });
  const order = { lost: 0, won: 1, 'both wrong': 2 };
  return changed.sort((a, b) => order[a.change] - order[b.change]);
}
