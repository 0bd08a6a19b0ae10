import type { Counts } from './join.ts';

/** The two label versions that circulate, by the clean images of Task A: men and women of train and of val. */
const versions: Record<string, { train: [number, number]; validation: [number, number] }> = {
  '1623/303': { train: [1623, 303], validation: [343, 79] },
  '1532/394': { train: [1532, 394], validation: [317, 105] },
};

/** Which label version a folder has, as lines for people. Scores across versions do not compare. */
export function labelVersion(counts: Counts): string[] {
  const sides = Object.entries(counts);
  if (sides.length === 0) return ['Task A is not there: no genders'];
  const text = sides.map(([side, [male, female]]) => `${side} ${male} male and ${female} female`).join(', ');
  const known = Object.entries(versions).find(([, version]) =>
    (['train', 'validation'] as const).every((side) => {
      const found = counts[side];
      return found === undefined || (found[0] === version[side][0] && found[1] === version[side][1]);
    }),
  );
  const known2 = counts.train || counts.validation ? known : undefined;
  return [
    `Task A, clean images: ${text}`,
    known2
      ? `label version ${known2[0]} of the two that circulate`
      : 'label version: neither 1623/303 nor 1532/394 (male/female of train)',
  ];
}
