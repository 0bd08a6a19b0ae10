import type { Random } from '../../base/random.ts';
import { smoothField } from '../../pixels/index.ts';
import { type Canvas, ellipse, roundBox } from './canvas.ts';
import { type Colour, mix } from './person.ts';
import type { Spaces } from './scene.ts';

/** Fills the image with a place that has nothing to do with the identity: a wall, lights out of focus, leaves, a room, the sky. */
export function paintBackground(canvas: Canvas, { picture }: Spaces, random: Random): void {
  const [first, second] = [anyColour(random), anyColour(random)];
  const kind = random.integer(0, 4);
  const tilt = random.uniform(-1, 1);
  const field = kind === 2 ? smoothField(canvas.size, random.integer(4, 9), random) : undefined;
  for (let i = 0; i < picture.u.length; i++) {
    const ramp = 0.5 + (picture.v[i]! - 0.5) * 0.9 + (picture.u[i]! - 0.5) * tilt;
    const colour = mix(first, second, field ? (field[i]! - 0.5) * 2.2 + 0.5 : ramp);
    canvas.values.set(colour, 3 * i);
  }
  const whole = [0, 0, 1, 1] as const;
  if (kind === 1)
    for (let k = random.integer(6, 14); k > 0; k--) {
      const [x, y, r] = [random.uniform(), random.uniform(), random.uniform(0.03, 0.12)];
      canvas.paint(picture, whole, (u, v) => ellipse(u - x, v - y, r, r), {
        colour: anyColour(random),
        opacity: random.uniform(0.2, 0.7),
        soft: 0.02,
      });
    }
  if (kind === 3)
    for (let k = random.integer(2, 5); k > 0; k--) {
      const [x, y] = [random.uniform(), random.uniform()];
      const [a, b] = [random.uniform(0.06, 0.3), random.uniform(0.08, 0.4)];
      canvas.paint(picture, whole, (u, v) => roundBox(u - x, v - y, a, b, 0.01), {
        colour: anyColour(random),
        opacity: random.uniform(0.4, 0.9),
        soft: random.uniform(0, 0.03),
      });
    }
  if (kind === 4) {
    const [angle, step] = [random.uniform(0, Math.PI), random.uniform(0.06, 0.2)];
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    canvas.paint(
      picture,
      whole,
      (u, v) => Math.abs((((u * dx + v * dy) / step + 9) % 1) - 0.5) * step - step / 4,
      {
        colour: anyColour(random),
        opacity: random.uniform(0.2, 0.6),
        soft: 0.02,
      },
    );
  }
}

/** Shoulders in clothes of any colour: these change from image to image too. */
export function paintClothes(canvas: Canvas, { body }: Spaces, chin: number, random: Random): void {
  const colour = anyColour(random);
  const width = random.uniform(0.42, 0.52);
  const top = chin + random.uniform(0.05, 0.09);
  const neckline = random.uniform(0.02, 0.1);
  const shape = (u: number, v: number) =>
    Math.max(ellipse(u, v - top - 0.33, width, 0.33), -ellipse(u, v - top + 0.01, 0.13, neckline));
  const box = [-0.6, top - 0.1, 0.6, 2] as const;
  canvas.paint(body, box, shape, { colour });
  if (random.chance(0.35)) {
    const step = random.uniform(0.04, 0.09);
    const second = anyColour(random);
    const across = random.chance(0.5);
    canvas.paint(
      body,
      box,
      (u, v) =>
        Math.max(shape(u, v), Math.abs(((((across ? v : u) + 9) / step) % 1) - 0.5) * step - step / 5),
      { colour: second, opacity: 0.7 },
    );
  }
}

function anyColour(random: Random): Colour {
  const value = random.uniform(0.1, 0.95);
  const saturation = random.uniform(0, 0.6);
  const hue = random.uniform(0, 6);
  const channel = (shift: number) => {
    const k = (shift + hue) % 6;
    return value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [channel(5), channel(3), channel(1)];
}
