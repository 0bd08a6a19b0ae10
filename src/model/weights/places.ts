/** Bicubic weights of each place of a line of `to` over one of `from`, as PyTorch's antialiased interpolation has them. */
function weightsOf(from: number, to: number): Array<Array<[index: number, weight: number]>> {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  const cubic = (x: number): number => {
    const d = Math.abs(x);
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
  };
  return Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + 2 * reach + 0.5));
    const found: Array<[number, number]> = [];
    for (let i = first; i < end; i++) found.push([i, cubic((i - centre + 0.5) / reach)]);
    const total = found.reduce((sum, [, weight]) => sum + weight, 0);
    return found.map(([i, weight]) => [i, weight / total]);
  });
}

/**
 * Position embeddings of a Vision Transformer for another number of patches, as timm's resample_abs_pos_embed: the class token's stays,
 * the grid is interpolated. data: [1 + from², width] → [1 + to², width].
 */
export function resampledPlaces(data: Float32Array, width: number, from: number, to: number): Float32Array {
  const lines = weightsOf(from, to);
  const result = new Float32Array((1 + to * to) * width);
  result.set(data.subarray(0, width));
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++) {
      const target = (1 + y * to + x) * width;
      for (const [row, a] of lines[y]!)
        for (const [column, b] of lines[x]!) {
          const source = (1 + row * from + column) * width;
          for (let k = 0; k < width; k++) result[target + k]! += a * b * data[source + k]!;
        }
    }
  return result;
}
