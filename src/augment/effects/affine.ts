import { warp } from '../../pixels/index.ts';
import { colour, type Effect, type Range, range } from './types.ts';

interface Affine {
  scale: Range;
  translate_percent: Range;
  rotate: Range;
  shear: Range;
  reflect: boolean;
  fill: [number, number, number];
}

/** albumentations' Affine about the image's centre: shear, then scale, then rotation, then translation. */
export const affine: Effect<Affine> = {
  name: 'affine',
  description: 'Scaled, moved, turned and sheared, as albumentations.Affine with milder defaults.',
  p: 0.5,
  kind: 'geometry',
  parameters: {
    scale: range('Factor of the size.', [0.9, 1.1], { minimum: 0.1, maximum: 10 }),
    translate_percent: range('Way along x, and another along y, as fractions of the side.', [-0.05, 0.05], {
      minimum: -1,
      maximum: 1,
    }),
    rotate: range('Angle, degrees counter-clockwise.', [-10, 10], { minimum: -360, maximum: 360 }),
    shear: range('Angle of the shear along x, and another along y, degrees.', [0, 0], {
      minimum: -60,
      maximum: 60,
    }),
    reflect: {
      type: 'boolean',
      description:
        'Whether what comes from outside is the image mirrored at its edge (cv2.BORDER_REFLECT_101); else it is fill.',
      default: true,
    },
    fill: colour('Colour of what comes from outside, without reflect.', [0, 0, 0]),
  },
  neutral: { scale: 1, translate_percent: 0, rotate: 0, shear: 0 },
  apply(picture, { scale, translate_percent, rotate, shear, reflect, fill }, random) {
    const { size } = picture;
    const factor = random.uniform(...scale);
    const tx = size * random.uniform(...translate_percent);
    const ty = size * random.uniform(...translate_percent);
    const angle = (-random.uniform(...rotate) * Math.PI) / 180;
    const kx = Math.tan((random.uniform(...shear) * Math.PI) / 180);
    const ky = Math.tan((random.uniform(...shear) * Math.PI) / 180);
    const [cos, sin] = [Math.cos(angle) * factor, Math.sin(angle) * factor];
    // From the old place to the new: rotation and scale of the sheared.
    const [a, b, c, d] = [cos - sin * ky, cos * kx - sin, sin + cos * ky, sin * kx + cos];
    // Two shears of opposite sense may fold the image into a line; it then stays one, far outside.
    const det = a * d - b * c || 1e-6;
    const [ax, bx, ay, by] = [d / det, -b / det, -c / det, a / det];
    const centre = (size - 1) / 2;
    const [x, y] = [centre + tx, centre + ty];
    warp(
      picture,
      { ax, bx, cx: centre - ax * x - bx * y, ay, by, cy: centre - ay * x - by * y },
      reflect ? undefined : fill,
    );
  },
};
