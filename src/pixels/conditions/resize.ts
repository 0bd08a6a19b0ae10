import { type Condition, level } from './types.ts';

/** An image of few pixels, made large again: ImageNet-C's pixelate (mean of each block, then its nearest value). */
export const resize: Condition = {
  name: 'resize',
  description: 'Made small and large again (ImageNet-C pixelate).',
  suffix: 'resized',
  apply({ pixels, size }, severity) {
    const side = Math.max(1, Math.round(size * level(severity, [0.6, 0.5, 0.4, 0.3, 0.25])));
    const block = Int32Array.from({ length: size }, (_, x) => Math.floor(((x + 0.5) * side) / size));
    const sums = new Float64Array(side * side * 4);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const to = 4 * (block[y]! * side + block[x]!);
        const from = 3 * (y * size + x);
        for (let c = 0; c < 3; c++) sums[to + c]! += pixels[from + c]!;
        sums[to + 3]!++;
      }
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const from = 4 * (block[y]! * side + block[x]!);
        const to = 3 * (y * size + x);
        for (let c = 0; c < 3; c++) pixels[to + c] = sums[from + c]! / sums[from + 3]! + 0.5;
      }
  },
};
