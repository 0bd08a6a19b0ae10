import type { Random } from '../../base/random.ts';
import { type Canvas, ellipse, roundBox } from './canvas.ts';
import { mix, type Person } from './person.ts';
import type { Scene, Spaces } from './scene.ts';

/** Signed distance to the outline of a head: half an ellipse above, a jaw of the identity's own below, grown by `grow`. */
export function headOutline({ head }: Person, u: number, v: number, grow = 0): number {
  const width = head.width + grow;
  if (v < 0) return ellipse(u, v, width, head.top + grow);
  const bottom = head.bottom + grow;
  const share = v / bottom;
  const x = Math.abs(u) / (1 - head.taper * Math.min(1.2, share));
  const value = (x / width) ** 2 + share ** head.jaw - 1;
  const slope = Math.sqrt(
    ((2 * x) / (width * width)) ** 2 + ((head.jaw / bottom) * share ** (head.jaw - 1)) ** 2,
  );
  return value / Math.max(slope, 1 / width);
}

export function paintNeck(canvas: Canvas, spaces: Spaces, person: Person): void {
  const { skin, head } = person;
  const width = head.width * (person.gender === 1 ? 0.5 : 0.6);
  canvas.paint(
    spaces.body,
    [-0.3, 0, 0.3, 1],
    (u, v) => roundBox(u, v - head.bottom, width + 0.1 * Math.max(0, v - head.bottom - 0.06), 0.2, 0.03),
    { colour: mix(skin, [0.1, 0.05, 0.05], 0.28), light: spaces.light },
  );
}

export function paintEars(canvas: Canvas, spaces: Spaces, person: Person, scene: Scene): void {
  const { head, ears, skin, eyes, earrings } = person;
  for (const side of [-1, 1]) {
    // Turned to the left, the right ear comes forward and the left one goes behind the head.
    const out = head.width * 0.99 - side * scene.yaw * 0.07;
    const x = side * out;
    const y = eyes.height + 0.05 + scene.pitch * -0.1;
    const box = [x - 0.1, y - 0.1, x + 0.1, y + 0.2] as const;
    const light = spaces.light;
    canvas.paint(spaces.head, box, (u, v) => ellipse(u - x, v - y, ears * 0.62, ears * 1.25), {
      colour: mix(skin, [0.75, 0.3, 0.25], 0.15),
      light,
    });
    canvas.paint(spaces.head, box, (u, v) => ellipse(u - x - side * 0.006, v - y, ears * 0.3, ears * 0.75), {
      colour: mix(skin, [0.3, 0.08, 0.06], 0.35),
      light,
      soft: 0.015,
    });
    if (earrings)
      canvas.paint(spaces.head, box, (u, v) => ellipse(u - x, v - y - ears * 1.45, 0.013, 0.016), {
        colour: earrings,
      });
  }
}

/** Head, cheeks, lines of age, freckles and mole. */
export function paintSkin(canvas: Canvas, spaces: Spaces, person: Person, random: Random): void {
  const { skin, head, age, eyes, freckles, mole } = person;
  const { light } = spaces;
  const all = [-0.5, -0.5, 0.5, 0.6] as const;
  canvas.paint(spaces.head, all, (u, v) => headOutline(person, u, v), { colour: skin, light });
  const inside = (shape: number, u: number, v: number) => Math.max(shape, headOutline(person, u, v));
  for (const side of [-1, 1])
    canvas.paint(spaces.face, all, (u, v) => inside(ellipse(u - side * 0.14, v - 0.11, 0.05, 0.04), u, v), {
      colour: mix(skin, [0.85, 0.25, 0.25], 0.6),
      opacity: 0.3,
      soft: 0.06,
      light,
    });
  const line = mix(skin, [0.15, 0.05, 0.03], 0.55);
  if (age > 0.45)
    for (const side of [-1, 1])
      canvas.paint(
        spaces.face,
        [-0.2, 0.08, 0.2, 0.24],
        (u, v) => Math.abs(side * u - 0.065 - (v - 0.1) * 0.45) - 0.003,
        { colour: line, opacity: (age - 0.35) * 0.9, soft: 0.012, light },
      );
  if (age > 0.6)
    for (const y of [0.155, 0.19])
      canvas.paint(
        spaces.face,
        [-0.13, -0.23, 0.13, -0.13],
        (u, v) => Math.abs(v + y - eyes.height - u * u) - 0.002,
        { colour: line, opacity: (age - 0.5) * 1.1, soft: 0.01, light },
      );
  if (freckles > 0)
    for (let k = 0; k < 26; k++) {
      const [x, y] = [random.normal(0, 0.09), 0.07 + random.normal(0, 0.03)];
      canvas.paint(
        spaces.face,
        [x - 0.02, y - 0.02, x + 0.02, y + 0.02],
        (u, v) => ellipse(u - x, v - y, 0.005, 0.005),
        {
          colour: mix(skin, [0.35, 0.14, 0.05], 0.6),
          opacity: freckles * 0.7,
          light,
        },
      );
    }
  if (mole && Math.abs(mole.u) < head.width * 0.75)
    canvas.paint(
      spaces.face,
      [mole.u - 0.03, mole.v - 0.03, mole.u + 0.03, mole.v + 0.03],
      (u, v) => ellipse(u - mole.u, v - mole.v, 0.011, 0.011),
      { colour: [0.16, 0.08, 0.06], light },
    );
}
