import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawPicture, makePerson, type Person } from '../../../src/data/faces/index.ts';
import { loadDataset, type Subset } from '../../../src/data/index.ts';
import { settings } from '../support/sets.ts';

const draw = (index: number, picture: number, seed = 1) =>
  drawPicture(makePerson(seed, index), { seed, picture, size: 32 });

test('the same settings draw the same image, others another', () => {
  assert.deepEqual(draw(3, 5), draw(3, 5));
  const pictures = [draw(3, 5), draw(3, 6), draw(4, 5), draw(3, 5, 2)].map((pixels) =>
    Buffer.from(pixels).toString('hex'),
  );
  assert.equal(new Set(pictures).size, 4);
});

test('sizes draw the same face', () => {
  const person = makePerson(1, 2);
  const large = drawPicture(person, { seed: 1, picture: 0, size: 64 });
  const small = drawPicture(person, { seed: 1, picture: 0, size: 32 });
  let difference = 0;
  for (let y = 0; y < 32; y++)
    for (let x = 0; x < 32; x++) {
      const at = (dx: number, dy: number) => large[3 * ((2 * y + dy) * 64 + 2 * x + dx)]!;
      difference += Math.abs((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4 - small[3 * (y * 32 + x)]!);
    }
  assert.ok(difference / 1024 < 8, `mean difference ${difference / 1024}`);
});

/** Numbers of an identity's traits by name. */
function traits(person: Person): Record<string, number> {
  const found: Record<string, number> = {};
  const visit = (value: unknown, path: string) => {
    if (typeof value === 'number') found[path] = value;
    else if (typeof value === 'boolean') found[path] = value ? 1 : 0;
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
  };
  const { index, gender, ...rest } = person;
  visit(
    {
      ...rest,
      glasses: person.glasses ? 1 : 0,
      earrings: person.earrings ? 1 : 0,
      mole: person.mole ? 1 : 0,
    },
    '',
  );
  return found;
}

test('genders are as many, differ in traits, and none of the traits tells them apart', () => {
  const people = Array.from({ length: 400 }, (_, index) => makePerson(1, index));
  assert.equal(people.filter((person) => person.gender === 1).length, 200);
  const rows = people.map((person) => ({ gender: person.gender, traits: traits(person) }));
  let best = 0;
  for (const name of Object.keys(rows[0]!.traits)) {
    const sorted = rows
      .map((row) => ({ gender: row.gender, value: row.traits[name]! }))
      .sort((a, b) => a.value - b.value);
    const women = sorted.filter((row) => row.gender === 1).length;
    let below = 0;
    let accuracy = 0;
    for (const [i, { gender, value }] of sorted.entries()) {
      below += gender;
      // A threshold lies between different values only.
      if (value === sorted[i + 1]?.value) continue;
      const right = i + 1 - below + (women - below);
      accuracy = Math.max(accuracy, right / sorted.length, 1 - right / sorted.length);
    }
    assert.ok(accuracy < 0.85, `${name} tells ${accuracy}`);
    best = Math.max(best, accuracy);
  }
  assert.ok(best > 0.65, `gender shows in no trait: ${best}`);
});

test('identities differ from each other in many traits', () => {
  const people = Array.from({ length: 48 }, (_, index) => traits(makePerson(1, index)));
  for (const [i, a] of people.entries())
    for (const b of people.slice(i + 1)) {
      const names = Object.keys(a);
      const equal = names.filter((name) => a[name] === b[name]).length;
      assert.ok(equal < names.length * 0.6);
    }
});

/** Share of images whose nearest training image, by the region, is of the same identity. */
function nearest(
  train: Subset,
  held: Subset,
  inside: (x: number, y: number) => boolean,
  size: number,
): number {
  let right = 0;
  for (let i = 0; i < held.size; i++) {
    let best = Infinity;
    let person = -1;
    for (let j = 0; j < train.size; j++) {
      let distance = 0;
      const [a, b] = [held.pixels(i), train.pixels(j)];
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++)
          if (inside(x, y))
            for (let c = 3 * (y * size + x), end = c + 3; c < end; c++) distance += Math.abs(a[c]! - b[c]!);
      if (distance < best) {
        best = distance;
        person = train.identity[j]!;
      }
    }
    if (person === held.identity[i]) right++;
  }
  return right / held.size;
}

test('the face tells who it is, the background does not', async () => {
  const data = settings({
    image_size: 24,
    synthetic: { identities: 12, images_per_identity: 20, conditions: 0 },
  });
  const { train, test: held } = await loadDataset(data, { seed: 1 });
  const face = nearest(train, held, (x, y) => x >= 6 && x < 18 && y >= 4 && y < 20, 24);
  const corners = nearest(train, held, (x, y) => y < 5 && (x < 4 || x >= 20), 24);
  assert.ok(face > 0.3, `face ${face}, chance 0.083`);
  assert.ok(corners < 0.25, `corners ${corners}, chance 0.083`);
});

test('conditions fall on the share of images that is asked for', async () => {
  const clean = await loadDataset(settings({ synthetic: { conditions: 0 } }), { seed: 1 });
  const some = await loadDataset(settings({ synthetic: { conditions: 0.3 } }), { seed: 1 });
  let changed = 0;
  for (let i = 0; i < clean.train.size; i++)
    if (Buffer.compare(clean.train.pixels(i), some.train.pixels(i)) !== 0) changed++;
  const share = changed / clean.train.size;
  assert.ok(share > 0.22 && share < 0.38, `${share}`);
});
