export type Point = readonly [x: number, y: number];

/** (x, y) becomes (a x − b y + this.x, b x + a y + this.y): a turn, one scale and a shift. */
export interface Similarity {
  a: number;
  b: number;
  x: number;
  y: number;
}

/** The similarity that brings points nearest to others by least squares (Umeyama, 1991, without reflections). */
export function similarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const mean = (points: readonly Point[], k: 0 | 1) =>
    points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [fx, fy, tx, ty] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let [dot, cross, norm] = [0, 0, 0];
  for (const [i, [x, y]] of from.entries()) {
    const [dx, dy] = [x - fx, y - fy];
    const [ex, ey] = [to[i]![0] - tx, to[i]![1] - ty];
    dot += dx * ex + dy * ey;
    cross += dx * ey - dy * ex;
    norm += dx * dx + dy * dy;
  }
  const [a, b] = norm > 0 ? [dot / norm, cross / norm] : [1, 0];
  return { a, b, x: tx - a * fx + b * fy, y: ty - b * fx - a * fy };
}
