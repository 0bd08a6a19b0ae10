import type { BenchContext } from './context.ts';
import { type OursOptions, startOurs } from './ours.ts';
import { median } from './rounds.ts';
import {
  nameOf,
  type Shape,
  secondsOf,
  startTorch,
  survey,
  torchPython,
  type Variant,
  variants,
} from './torch.ts';
import { watched } from './utilisation.ts';
import type { Worker } from './worker.ts';

interface Comparison {
  name: string;
  shape: Shape;
  precision: OursOptions['precision'];
  /** Of PyTorch's ways of running it, those that may stand on the other side. */
  candidates: readonly Variant[];
  evaluate?: boolean;
}

/** What one measurement on a GPU takes: a few of nvidia-smi's samples, and steps enough for a clock that wakes up. */
const GPU_SECONDS = 4;

const found = new Map<string, Array<{ variant: Variant; seconds: number }>>();

/** Measures pictures a second of facecom's step against the fastest of PyTorch's ways of running it, in turn. */
export async function compare(
  context: BenchContext,
  { name, shape, precision, candidates, evaluate }: Comparison,
): Promise<void> {
  const { device, backend } = context.target;
  const python = await torchPython(context);
  const key = `${JSON.stringify(shape)}${evaluate}`;
  context.note(`${name}: PyTorch's ways of running it`);
  const known = found.get(key) ?? [];
  const open = candidates.filter(
    ({ ...variant }) => !known.some((one) => nameOf(one.variant) === nameOf(variant)),
  );
  found.set(key, [...known, ...(await survey(context, python, shape, open, { evaluate, device }))]);
  const [best] = found
    .get(key)!
    .filter(({ variant }) => candidates.some((candidate) => nameOf(candidate) === nameOf(variant)))
    .sort((a, b) => a.seconds - b.seconds);
  const ours = await startOurs({ ...shape, precision, evaluate }, context.target);
  context.defer(() => ours.worker.stop());
  const peer = best && (await startTorch(python, shape, best.variant, { evaluate, device }));
  if (peer) context.defer(() => peer.stop());
  const busy = { ours: [] as number[], peer: [] as number[] };
  const side = async (worker: Worker, seen: number[]) => {
    const warm = await secondsOf(worker, 2);
    const steps = device.gpu ? Math.ceil(GPU_SECONDS / warm) : shape.size > 112 ? 3 : 5;
    return async () => shape.batch / (await watched(device, () => secondsOf(worker, steps), seen));
  };
  const results = await context.alternate(context.rounds(5), {
    ours: await side(ours.worker, busy.ours),
    peer: peer ? await side(peer, busy.peer) : () => 0,
  });
  await ours.worker.stop();
  await peer?.stop();
  context.report({
    case: name,
    ours: results.ours.median,
    peer: peer ? results.peer.median : undefined,
    unit: 'img/s',
    better: 'higher',
    against: best && nameOf(best.variant),
    rounds: results.ours.values.length,
    details: {
      backend,
      device: ours.ready.device,
      precision: ours.ready.precision,
      ...(device.gpu ? { utilisation: { ours: middle(busy.ours), peer: middle(busy.peer) } } : {}),
      ours: results.ours.values.map((value) => Number(value.toPrecision(3))),
      peer: results.peer.values.map((value) => Number(value.toPrecision(3))),
    },
  });
}

/** Percent, or null where nvidia-smi told nothing. */
const middle = (samples: number[]): number | null => (samples.length > 0 ? median(samples) : null);

export const float32Variants = variants.filter(({ precision }) => precision === 'float32');
