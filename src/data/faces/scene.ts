import type { Random } from '../../base/random.ts';
import type { Box, Space } from './canvas.ts';
import type { Colour, Person } from './person.ts';

/** What differs from image to image of an identity. Angles in radians, lengths in fractions of the side. */
export interface Scene {
  x: number;
  y: number;
  scale: number;
  roll: number;
  yaw: number;
  pitch: number;
  smile: number;
  mouthOpen: number;
  browRaise: number;
  /** Factor of the opening of the eyes; near 0: closed. */
  eyesOpen: number;
  gazeX: number;
  gazeY: number;
  wearsGlasses: boolean;
  /** Direction to the light, unit vector, z to the viewer. */
  light: readonly [number, number, number];
  ambient: number;
  exposure: number;
  tint: Colour;
  hairLength: number;
}

export function drawScene(random: Random): Scene {
  const normal = (deviation: number, limit: number) =>
    Math.max(-limit, Math.min(limit, random.normal(0, deviation)));
  const azimuth = random.uniform(0, 2 * Math.PI);
  const low = random.uniform(0.2, 0.85);
  const warm = random.normal(0, 0.05);
  return {
    x: 0.5 + normal(0.03, 0.08),
    y: 0.5 + normal(0.025, 0.06),
    scale: random.uniform(0.88, 1.12),
    roll: normal(0.09, 0.25),
    yaw: normal(0.27, 0.6),
    pitch: normal(0.12, 0.3),
    smile: random.uniform(-0.4, 1),
    mouthOpen: random.chance(0.3) ? random.uniform(0.3, 1) : 0,
    browRaise: normal(0.4, 1),
    eyesOpen: random.chance(0.05) ? 0.1 : random.uniform(0.75, 1.2),
    gazeX: normal(0.35, 0.8),
    gazeY: normal(0.2, 0.5),
    wearsGlasses: random.chance(0.93),
    light: [low * Math.cos(azimuth), -Math.abs(low * Math.sin(azimuth)) * 0.8, Math.sqrt(1 - low * low)],
    ambient: random.uniform(0.35, 0.75),
    exposure: random.uniform(0.8, 1.15),
    tint: [1 + warm, 1 + random.normal(0, 0.015), 1 - warm],
    hairLength: random.uniform(-0.03, 0.03),
  };
}

export interface Spaces {
  /** The image, 0..1. */
  picture: Space;
  /** The body: moved and scaled, upright. */
  body: Space;
  /** The head: headSpace in the plane as well. */
  head: Space;
  /** The surface of the face seen from the front; NaN where it is turned away. */
  face: Space;
  /** Light on the head's surface. */
  light: Float32Array;
}

/** Coordinates of each pixel in each frame; the head is an ellipsoid that is turned by yaw and pitch. */
export function layOut({ head }: Person, scene: Scene, size: number): Spaces {
  const cos = Math.cos(scene.roll);
  const sin = Math.sin(scene.roll);
  const reach = head.width * 1.06;
  const height = (head.top + head.bottom) / 2 + 0.06;
  /** Bounds in pixels of the points that `place` gives for the corners of a box. */
  const boundsBy = (place: (u: number, v: number) => readonly [number, number]) => (box: Box) => {
    const corners = [
      place(box[0], box[1]),
      place(box[2], box[1]),
      place(box[0], box[3]),
      place(box[2], box[3]),
    ];
    const clip = (value: number) => Math.max(0, Math.min(size, value));
    const side = (k: 0 | 1) => corners.map((corner) => corner[k] * size);
    return [
      clip(Math.floor(Math.min(...side(0)))),
      clip(Math.floor(Math.min(...side(1)))),
      clip(Math.ceil(Math.max(...side(0)))),
      clip(Math.ceil(Math.max(...side(1)))),
    ] as const;
  };
  const space = (pixel: number, bounds: (box: Box) => Box): Space => ({
    u: new Float32Array(size * size),
    v: new Float32Array(size * size),
    pixel,
    bounds,
  });
  const bodyPlace = (u: number, v: number) => [scene.x + u * scene.scale, scene.y + v * scene.scale] as const;
  const headPlace = (u: number, v: number) => bodyPlace(cos * u - sin * v, sin * u + cos * v);
  const headBounds = boundsBy(headPlace);
  const nod = height * Math.sin(scene.pitch);
  const turned = (u: number) => {
    const angle = Math.asin(Math.max(-1, Math.min(1, u / reach))) + scene.yaw;
    return reach * Math.sin(Math.max(-Math.PI / 2, Math.min(Math.PI / 2, angle)));
  };
  const pixel = 1 / (size * scene.scale);
  const picture = space(
    1 / size,
    boundsBy((u, v) => [u, v]),
  );
  const body = space(pixel, boundsBy(bodyPlace));
  const headSpace = space(pixel, headBounds);
  const face = space(pixel, (box) =>
    headBounds([turned(box[0]), box[1] + Math.min(0, nod), turned(box[2]), box[3] + Math.max(0, nod)]),
  );
  const light = new Float32Array(size * size);
  for (let i = 0; i < light.length; i++) {
    const x = ((i % size) + 0.5) / size;
    const y = (Math.floor(i / size) + 0.5) / size;
    picture.u[i] = x;
    picture.v[i] = y;
    const bu = (x - scene.x) / scene.scale;
    const bv = (y - scene.y) / scene.scale;
    body.u[i] = bu;
    body.v[i] = bv;
    const u = cos * bu + sin * bv;
    const v = cos * bv - sin * bu;
    headSpace.u[i] = u;
    headSpace.v[i] = v;
    const nx = u / reach;
    const ny = v / height;
    const flat = nx * nx + ny * ny;
    const nz = flat < 1 ? Math.sqrt(1 - flat) : 0;
    if (Math.abs(nx) < 1 && Math.abs(ny) < 1.1) {
      const angle = Math.asin(nx) - scene.yaw;
      face.u[i] = Math.abs(angle) < Math.PI / 2 ? reach * Math.sin(angle) : Number.NaN;
      face.v[i] = v - nod * Math.sqrt(Math.max(0, 1 - ny * ny * 0.8));
    } else {
      face.u[i] = Number.NaN;
      face.v[i] = Number.NaN;
    }
    const norm = 1 / Math.max(1, Math.sqrt(flat));
    const diffuse = nx * norm * scene.light[0] + ny * norm * scene.light[1] + nz * scene.light[2];
    light[i] = scene.ambient + (1.08 - scene.ambient) * Math.max(0, diffuse) + 0.06 * nz;
  }
  return { picture, body, head: headSpace, face, light };
}
