import type { Picture } from './picture.ts';

/** Adds light of the given colour in a soft disc: full at the centre, `(1 − r²)²` of it at r of the radius (pixels), none outside. */
export function addGlow(
  picture: Picture,
  x0: number,
  y0: number,
  radius: number,
  colour: readonly number[],
  strength: number,
): void {
  spot(picture, x0, y0, radius, colour, (r2) => strength * (1 - r2) * (1 - r2));
}

/** Adds a disc of even light with a brighter rim, as a reflection between lenses makes. */
export function addGhost(
  picture: Picture,
  x0: number,
  y0: number,
  radius: number,
  colour: readonly number[],
  strength: number,
): void {
  spot(picture, x0, y0, radius, colour, (r2) => strength * (0.6 + 0.4 * r2 * r2) * Math.min(1, (1 - r2) * 4));
}

/** Screen blending of a disc whose light depends on the squared distance over the squared radius. */
function spot(
  { pixels, size }: Picture,
  x0: number,
  y0: number,
  radius: number,
  colour: readonly number[],
  light: (r2: number) => number,
): void {
  const top = Math.max(0, Math.floor(y0 - radius));
  const bottom = Math.min(size - 1, Math.ceil(y0 + radius));
  const left = Math.max(0, Math.floor(x0 - radius));
  const right = Math.min(size - 1, Math.ceil(x0 + radius));
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const r2 = ((x + 0.5 - x0) ** 2 + (y + 0.5 - y0) ** 2) / (radius * radius);
      if (r2 >= 1) continue;
      const share = light(r2);
      const at = 3 * (y * size + x);
      for (let c = 0; c < 3; c++)
        pixels[at + c] = 255 - (255 - pixels[at + c]!) * (1 - (share * colour[c]!) / 255) + 0.5;
    }
}
