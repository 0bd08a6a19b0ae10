import { Board } from '../../src/orchestrator/index.ts';
import { resolveConfig } from '../../src/spec/index.ts';
import type { Trial } from '../../src/sweep/index.ts';

export const objective = { metric: 'val/combined', mode: 'max' } as const;
const config = resolveConfig({});

/** A board of trials that wait: points of two axes, each repeated with other seeds; `planned` in all. */
export function board(points: number, repeats = 1, planned = 0): Board {
  const trials: Trial[] = [];
  for (let point = 0; point < points; point++)
    for (let repeat = 0; repeat < repeats; repeat++)
      trials.push({
        id: `trial${point}x${repeat}`,
        axes: { 'model.a.rather.long.path': point, 'optimizer.lr': 10 ** -point },
        config,
        seed: repeat,
        point,
        repeat,
      });
  return new Board(trials, objective, planned);
}
