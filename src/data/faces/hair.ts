import { type Canvas, ellipse, roundBox } from './canvas.ts';
import { headOutline } from './head.ts';
import { mix, type Person } from './person.ts';
import type { Scene, Spaces } from './scene.ts';

const all = [-0.7, -0.7, 0.7, 1] as const;

/** The hair behind head and neck. */
export function paintBackHair(canvas: Canvas, spaces: Spaces, person: Person, scene: Scene): void {
  const { hair, head } = person;
  const ink = { colour: mix(hair.colour, [0, 0, 0], 0.35), light: spaces.light };
  if (hair.bun)
    canvas.paint(
      spaces.head,
      all,
      (u, v) => ellipse(u + scene.yaw * 0.15, v + head.top + hair.volume + 0.03, 0.1, 0.085),
      ink,
    );
  if (hair.length < 0.1 || hair.bun) return;
  const end = hair.length + scene.hairLength;
  const middle = (end - head.top) / 2;
  const width = head.width + hair.volume;
  canvas.paint(
    spaces.head,
    all,
    (u, v) =>
      roundBox(u + scene.yaw * 0.08 - wave(person, v), v - middle, width, (end + head.top) / 2, width * 0.85),
    ink,
  );
}

/** The hair on the skull: above the hairline, down the temples, with a parting and a fringe. */
export function paintHair(canvas: Canvas, spaces: Spaces, person: Person, scene: Scene): void {
  const { hair, head } = person;
  const turn = scene.yaw * head.width * 0.9;
  const nod = scene.pitch * 0.2;
  const low = hair.bun ? -0.02 : Math.min(hair.length + scene.hairLength, head.bottom + 0.25);
  const widest = head.width + hair.volume + 0.05;
  const outer = (u: number, v: number) => {
    if (Math.abs(u) > widest) return 1;
    const bumps = hair.curl > 0 ? hair.curl * 0.014 * (Math.sin(u * 70) + Math.cos(v * 64)) : 0;
    // Cut short, it thins out towards the ears.
    const sides =
      hair.length < 0.1
        ? Math.max(0, Math.min(1, (low - v) / 0.16))
        : Math.max(0.3, 1 - Math.max(0, v) * 0.8);
    const grow = hair.volume * sides;
    // Below the cheekbones long hair hangs straight and does not follow the jaw.
    const shape =
      v < 0.02 ? headOutline(person, u, v, grow) : Math.abs(u) - head.width - grow - wave(person, v);
    return shape - bumps;
  };
  const line = (u: number) => {
    const x = (u - turn) / head.width;
    const side = x - hair.part * 0.5;
    const forehead = -hair.line + nod + hair.fringe * (0.115 - 0.1 * Math.max(0, 0.35 - Math.abs(side)));
    const temple = 0.05 - forehead;
    return forehead + Math.max(0, temple) * Math.min(1, Math.abs(x)) ** (hair.fringe > 0.3 ? 5 : 3.2);
  };
  // Face left free at the sides: hair hangs outside of it.
  const free = head.width * 0.9;
  const shape = (u: number, v: number) => {
    const edge = outer(u, v);
    if (edge > 0.1) return edge;
    const above = v - line(u);
    const beside = Math.max(v - low, free - Math.abs(u - turn * 0.25));
    return Math.max(edge, Math.min(above, beside), v - Math.max(low, 0.06 - hair.line));
  };
  canvas.paint(spaces.head, all, shape, { colour: hair.colour, light: sheen(spaces, person) });
}

/** The light on hair: strands that follow its fall are darker and lighter. */
function sheen({ head, light }: Spaces, { hair }: Person): Float32Array {
  const { u, v } = head;
  return light.map((value, i) => {
    const y = v[i]!;
    const sway = hair.curl > 0 ? hair.curl * 4 * Math.sin(y * 40) : 0;
    const strand = Math.sin((u[i]! - hair.part * 0.1) * hair.streaks * (1 + 0.6 * y) + sway);
    return value * (1.02 + 0.24 * Math.max(-1, Math.min(1, strand * 1.6)));
  });
}

function wave({ hair }: Person, v: number): number {
  return hair.curl > 0 ? hair.curl * 0.014 * Math.sin(v * 45) : 0;
}
