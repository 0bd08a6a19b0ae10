import { Random } from '../../random.ts';

export interface Person {
  index: number;
  gender: 0 | 1;
  width: number;
  height: number;
  skin: [number, number, number];
  hair: [number, number, number];
  eyes: number;
}

/** The person of that number: the same at every call. */
export function makePerson(seed: number, index: number): Person {
  const random = new Random(seed, 'person', index);
  const gender = (index % 2) as 0 | 1;
  const tone = random.uniform(0.3, 1);
  return {
    index,
    gender,
    width: random.uniform(0.24, 0.33) - 0.03 * gender,
    height: random.uniform(0.33, 0.42),
    skin: [230 * tone, 185 * tone, 160 * tone],
    hair: [random.uniform(10, 160), random.uniform(10, 120), random.uniform(5, 60)],
    eyes: random.uniform(0.08, 0.16),
  };
}
