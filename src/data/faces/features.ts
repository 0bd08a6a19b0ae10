import { arch, type Canvas, ellipse, roundBox } from './canvas.ts';
import { headOutline } from './head.ts';
import { mix, type Person } from './person.ts';
import type { Scene, Spaces } from './scene.ts';

const dark = [0.07, 0.05, 0.05] as const;

export function paintEyes(canvas: Canvas, { face, light }: Spaces, person: Person, scene: Scene): void {
  const { eyes, skin } = person;
  const open = eyes.open * scene.eyesOpen * (1 - 0.2 * Math.max(0, scene.smile));
  for (const side of [-1, 1]) {
    const x0 = side * eyes.apart;
    const box = [x0 - 0.1, eyes.height - 0.08, x0 + 0.1, eyes.height + 0.08] as const;
    const cos = Math.cos(eyes.tilt);
    const sin = Math.sin(eyes.tilt) * side;
    const x = (u: number, v: number) => cos * (u - x0) - sin * (v - eyes.height);
    const y = (u: number, v: number) => cos * (v - eyes.height) + sin * (u - x0);
    const lids = (u: number, v: number) => arch(x(u, v), y(u, v), eyes.width, open, open * 0.75);
    canvas.paint(face, box, (u, v) => ellipse(u - x0, v - eyes.height, eyes.width * 1.25, 0.036), {
      colour: mix(skin, [0.2, 0.08, 0.08], 0.5),
      opacity: 0.3,
      soft: 0.04,
      light,
    });
    canvas.paint(face, box, lids, { colour: [0.93, 0.92, 0.9], light });
    const gx = x0 + scene.gazeX * eyes.width * 0.4;
    const gy = eyes.height + scene.gazeY * open * 0.4;
    const iris = Math.min(0.024, eyes.width * 0.48);
    const disc = (radius: number) => (u: number, v: number) =>
      Math.max(ellipse(u - gx, v - gy, radius, radius), lids(u, v));
    canvas.paint(face, box, disc(iris), { colour: eyes.iris });
    canvas.paint(face, box, disc(iris * 0.48), { colour: [0.02, 0.02, 0.02] });
    canvas.paint(face, box, (u, v) => ellipse(u - gx - 0.006, v - gy + 0.007, 0.005, 0.005), {
      colour: [1, 1, 1],
      opacity: scene.eyesOpen > 0.5 ? 0.8 : 0,
    });
    // The upper lid: a line that the lashes thicken.
    canvas.paint(
      face,
      box,
      (u, v) => {
        const t = 1 - (x(u, v) / eyes.width) ** 2;
        return t <= -0.2 ? 1 : Math.abs(y(u, v) + open * t) - eyes.lash * Math.max(0.4, t);
      },
      { colour: dark, opacity: 0.9 },
    );
    canvas.paint(
      face,
      box,
      (u, v) => {
        const t = 1 - (x(u, v) / (eyes.width * 1.15)) ** 2;
        return t <= 0 ? 1 : Math.abs(y(u, v) + open * t + 0.016) - 0.0025;
      },
      { colour: mix(skin, dark, 0.5), opacity: 0.6, soft: 0.008, light },
    );
  }
}

export function paintBrows(canvas: Canvas, { face, light }: Spaces, person: Person, scene: Scene): void {
  const { brows, eyes, hair } = person;
  const colour = mix(hair.colour, dark, 0.35);
  const height = eyes.height - brows.height - 0.012 * scene.browRaise;
  for (const side of [-1, 1]) {
    const x0 = side * eyes.apart;
    const half = eyes.width * 1.3;
    canvas.paint(
      face,
      [x0 - 0.12, height - 0.08, x0 + 0.12, height + 0.08],
      (u, v) => {
        const x = side * (u - x0);
        const t = x / half;
        const thick = brows.thick * (1 - 0.55 * Math.max(0, t)) * 0.75;
        const curve = height - brows.tilt * x + brows.arch * (t * t * 1.2 - 0.6);
        return Math.max(Math.abs(x) - half, Math.abs(v - curve) - thick);
      },
      { colour, opacity: 0.92, light, soft: 0.008 },
    );
  }
}

export function paintNose(canvas: Canvas, { face, light }: Spaces, person: Person, scene: Scene): void {
  const { nose, skin, eyes } = person;
  const tip = eyes.height + nose.length;
  const shadow = mix(skin, [0.15, 0.05, 0.03], 0.5);
  const side = scene.light[0] > 0 ? -1 : 1;
  const box = [-0.1, eyes.height - 0.06, 0.1, tip + 0.06] as const;
  canvas.paint(
    face,
    box,
    (u, v) => {
      const t = (v - eyes.height + 0.03) / (nose.length + 0.03);
      const ends = Math.max(-t, t - 1) * nose.length;
      return Math.max(ends, Math.abs(side * u - 0.017 - nose.width * 0.62 * Math.max(0, t) ** 2) - 0.006);
    },
    { colour: shadow, opacity: 0.25 + 0.3 * nose.bridge, soft: 0.02, light },
  );
  canvas.paint(
    face,
    box,
    (u, v) => ellipse(u + side * 0.004, v - tip + nose.length * 0.5, 0.01, nose.length * 0.5),
    {
      colour: mix(skin, [1, 1, 1], 0.5),
      opacity: 0.4,
      soft: 0.02,
      light,
    },
  );
  canvas.paint(face, box, (u, v) => ellipse(u, v - tip + 0.012, nose.width * 0.62, 0.026), {
    colour: mix(skin, [0.95, 0.6, 0.5], 0.22),
    opacity: 0.7,
    soft: 0.022,
    light,
  });
  canvas.paint(
    face,
    box,
    (u, v) => Math.max(arch(u, v - tip - 0.006, nose.width * 1.05, -0.001, 0.016), -v + tip),
    {
      colour: shadow,
      opacity: 0.75,
      soft: 0.008,
      light,
    },
  );
  for (const s of [-1, 1])
    canvas.paint(
      face,
      box,
      (u, v) => ellipse(u - s * nose.width * 0.48, v - tip - 0.006, nose.width * 0.24, 0.0085),
      {
        colour: mix(skin, dark, 0.85),
        light,
      },
    );
}

/** Lips, what is between them, and the beard around them, which the lips cover. */
export function paintMouth(canvas: Canvas, { face, light }: Spaces, person: Person, scene: Scene): void {
  const { mouth, head } = person;
  paintBeard(canvas, { face, light }, person);
  const height = head.bottom * mouth.height;
  const width = mouth.width * (1 + 0.16 * Math.max(0, scene.smile) - 0.1 * scene.mouthOpen);
  const bend = 0.035 * scene.smile;
  const box = [-0.16, height - 0.09, 0.16, height + 0.12] as const;
  const y = (u: number, v: number) => v - height + bend * ((u / width) ** 2 - 0.4);
  const open = 0.034 * scene.mouthOpen;
  const gap = 0.003 + open;
  const lips = mouth.colour;
  canvas.paint(face, box, (u, v) => ellipse(u, v - height - mouth.lower - gap - 0.022, width * 0.5, 0.01), {
    colour: mix(person.skin, dark, 0.4),
    opacity: 0.4,
    soft: 0.025,
    light,
  });
  canvas.paint(face, box, (u, v) => arch(u, y(u, v), width, mouth.upper + open * 0.3, gap + mouth.lower), {
    colour: lips,
    light,
  });
  canvas.paint(face, box, (u, v) => arch(u, y(u, v), width * 0.94, 0.002 + open * 0.3, gap), {
    colour: mix(lips, [0.12, 0.02, 0.03], 0.85),
  });
  if (open > 0)
    canvas.paint(
      face,
      box,
      (u, v) => Math.max(arch(u, y(u, v), width * 0.8, 0.002 + open * 0.3, gap), y(u, v) - open * 0.25),
      { colour: [0.93, 0.92, 0.88], light },
    );
}

function paintBeard(canvas: Canvas, { face, light }: Pick<Spaces, 'face' | 'light'>, person: Person): void {
  const { beard, mouth, head, hair } = person;
  if (beard.opacity === 0) return;
  const height = head.bottom * mouth.height;
  const ink = {
    colour: mix(hair.colour, dark, 0.2),
    opacity: beard.opacity,
    soft: beard.opacity < 0.5 ? 0.05 : 0.018,
    light,
  };
  const reach = beard.cheeks > 0 ? head.width : 0.09;
  canvas.paint(
    face,
    [-0.4, height - 0.3, 0.4, 0.6],
    (u, v) => {
      const side = Math.abs(u) / head.width;
      const upper = height + 0.012 - (0.1 + 0.18 * beard.cheeks) * side * side;
      return Math.max(upper - v, Math.abs(u) - reach, headOutline(person, u, v));
    },
    ink,
  );
  if (beard.moustache > 0)
    canvas.paint(
      face,
      [-0.2, height - 0.07, 0.2, height + 0.03],
      (u, v) => arch(u, v - height + 0.012 - 6 * u * u * 0.2, mouth.width * 1.15, 0.028, 0.008),
      { ...ink, opacity: Math.min(1, beard.opacity + 0.1) },
    );
}

export function paintGlasses(
  canvas: Canvas,
  { face }: Spaces,
  { glasses, eyes }: Person,
  scene: Scene,
): void {
  if (!glasses || !scene.wearsGlasses) return;
  const y0 = eyes.height + 0.006;
  const radius = Math.min(glasses.width, glasses.height) * glasses.round;
  for (const side of [-1, 1]) {
    const x0 = side * Math.max(eyes.apart, glasses.width + 0.012);
    const box = [x0 - 0.2, y0 - 0.1, x0 + 0.2, y0 + 0.1] as const;
    const lens = (u: number, v: number) => roundBox(u - x0, v - y0, glasses.width, glasses.height, radius);
    canvas.paint(face, box, lens, { colour: [0.8, 0.88, 0.95], opacity: 0.13 });
    canvas.paint(face, box, (u, v) => Math.abs(lens(u, v)) - glasses.thick, { colour: glasses.colour });
    const end = Math.abs(x0) + glasses.width;
    canvas.paint(
      face,
      [-0.4, y0 - 0.05, 0.4, y0 + 0.05],
      (u, v) => Math.max(end - side * u, Math.abs(v - y0 + 0.015) - glasses.thick),
      { colour: glasses.colour },
    );
  }
  const inner = Math.max(eyes.apart, glasses.width + 0.012) - glasses.width;
  canvas.paint(
    face,
    [-0.1, y0 - 0.05, 0.1, y0 + 0.05],
    (u, v) => Math.max(Math.abs(u) - inner, Math.abs(v - y0 + 0.012 - 2 * u * u) - glasses.thick * 0.8),
    { colour: glasses.colour },
  );
}
