import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../../trainer/index.ts';
import type { Comparison, Difference } from './numbers.ts';

type Tensor = Checkpoint['tensors'] extends ReadonlyMap<string, infer T> ? T : never;

/** The checkpoints of a run folder, by their paths in it. */
export function checkpointsOf(runDir: string): string[] {
  try {
    return readdirSync(join(runDir, 'checkpoints'))
      .filter((name) => name.endsWith('.safetensors'))
      .sort()
      .map((name) => `checkpoints/${name}`);
  } catch {
    return [];
  }
}

/** Reads the checkpoints of a run, so that one that is damaged is known before it is trained again. Throws `checkpoint-damaged`. */
export async function checkCheckpoints(runDir: string): Promise<void> {
  const { readCheckpoint } = await import('../../trainer/index.ts');
  for (const path of checkpointsOf(runDir)) await readCheckpoint(join(runDir, path));
}

/** Compares the checkpoints that both runs have of the same step. `last`: the last step that was trained again. */
export async function compareCheckpoints(
  comparison: Comparison,
  runDirs: { recorded: string; now: string },
  last: number,
): Promise<void> {
  const { readCheckpoint } = await import('../../trainer/index.ts');
  const own = new Set(checkpointsOf(runDirs.now));
  for (const path of checkpointsOf(runDirs.recorded)) {
    const before = await readCheckpoint(join(runDirs.recorded, path));
    const { step } = before.state;
    if (step > last) continue;
    const after = own.has(path) ? await readCheckpoint(join(runDirs.now, path)) : undefined;
    // What training continues from moves on: only that of the same step says something.
    const moves = path.endsWith('last.safetensors');
    if (moves && after?.state.step !== step) continue;
    if (after?.state.step !== step) {
      comparison.tensor({
        ...{ step, what: `the step of ${path}`, relative: Number.POSITIVE_INFINITY },
        ...{ recorded: step, now: after?.state.step },
      });
      continue;
    }
    for (const [name, tensor] of before.tensors)
      comparison.tensor(differenceOf(tensor, after.tensors.get(name), { step, what: `${name} of ${path}` }));
  }
}

/** The largest difference of two tensors, in units of the largest value of the recorded one; undefined if all bits are the same. */
export function differenceOf(
  before: Tensor,
  after: Tensor | undefined,
  at: Pick<Difference, 'step' | 'what'>,
): Difference | undefined {
  const infinite = { ...at, relative: Number.POSITIVE_INFINITY };
  if (!after || after.dtype !== before.dtype || after.data.length !== before.data.length) return infinite;
  if (bytes(before).equals(bytes(after))) return undefined;
  let most = 0;
  let scale = 0;
  let worst = -1;
  for (let i = 0; i < before.data.length; i++) {
    const value = before.data[i]!;
    const other = after.data[i]!;
    if (Math.abs(value) > scale) scale = Math.abs(value);
    if (Object.is(value, other)) continue;
    const apart = Math.abs(value - other);
    if (Number.isNaN(apart)) return { ...infinite, recorded: value, now: other };
    if (apart >= most) {
      most = apart;
      worst = i;
    }
  }
  return {
    ...at,
    recorded: before.data[worst]!,
    now: after.data[worst]!,
    relative: most / Math.max(scale, Number.MIN_VALUE),
  };
}

const bytes = ({ data }: Tensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
