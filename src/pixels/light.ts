import type { Picture } from './picture.ts';

/** Multiplies by a gain that runs linearly from `low` to `high` along a direction (radians from the x axis), and clips. */
export function gradedGain({ pixels, size }: Picture, low: number, high: number, angle: number): void {
  const reach = Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle));
  const dx = Math.cos(angle) / (reach * size);
  const dy = Math.sin(angle) / (reach * size);
  const start = 0.5 - ((dx + dy) * size) / 2;
  for (let y = 0, at = 0; y < size; y++)
    for (let x = 0; x < size; x++, at += 3) {
      const gain = low + (high - low) * (start + (x + 0.5) * dx + (y + 0.5) * dy);
      for (let c = at; c < at + 3; c++) {
        const value = pixels[c]! * gain + 0.5;
        pixels[c] = Math.min(value, 255);
      }
    }
}

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
