import type { BenchContext } from './context.ts';
import { type OursOptions, type OursReady, startOurs } from './ours.ts';
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

const OURS = 'facecom';

/** How many times the time of PyTorch's fastest way another may take to be measured beside it, and how many are. */
const CLOSE = 1.25;
const MOST = 3;

const found = new Map<string, Array<{ variant: Variant; seconds: number }>>();

/** Measures images a second of facecom's step against the fastest of PyTorch's ways of running it, in turn. */
export async function compare(
  context: BenchContext,
  { name, shape, precision, candidates: all, evaluate }: Comparison,
): Promise<void> {
  const candidates = all.filter((variant) => context.wantsPeer(nameOf(variant)));
  const { device, backend } = context.target;
  const python = await torchPython(context);
  const key = `${JSON.stringify(shape)}${evaluate}`;
  context.note(`${name}: PyTorch's ways of running it`);
  const known = found.get(key) ?? [];
  const open = candidates.filter(
    ({ ...variant }) => !known.some((one) => nameOf(one.variant) === nameOf(variant)),
  );
  found.set(key, [...known, ...(await survey(context, python, shape, open, { evaluate, device }))]);
  const tried = found
    .get(key)!
    .filter(({ variant }) => candidates.some((candidate) => nameOf(candidate) === nameOf(variant)))
    .sort((a, b) => a.seconds - b.seconds);
  // A busy moment must not decide which of them is PyTorch's best: all that come near it are measured in each round.
  const peers = tried.filter(({ seconds }) => seconds < CLOSE * tried[0]!.seconds).slice(0, MOST);
  const busy = new Map<string, number[]>();
  let ready: OursReady | undefined;
  /** Images a second of a new process. */
  const measured = async (side: string, worker: Worker) => {
    const seen = busy.get(side) ?? [];
    busy.set(side, seen);
    try {
      const warm = await secondsOf(worker, 2);
      const steps = device.gpu ? Math.ceil(GPU_SECONDS / warm) : shape.size > 112 ? 3 : 8;
      return shape.batch / (await watched(device, () => secondsOf(worker, steps), seen));
    } finally {
      await worker.stop();
    }
  };
  // Each round starts new processes: one that is slow, or that `auto` gave another precision, must not decide all rounds.
  const sides: Record<string, () => Promise<number>> = {
    [OURS]: async () => {
      const ours = await startOurs({ ...shape, precision, evaluate }, context.target);
      ready = ours.ready;
      return measured(OURS, ours.worker);
    },
  };
  for (const { variant } of peers)
    sides[nameOf(variant)] = async () =>
      measured(nameOf(variant), await startTorch(python, shape, variant, { evaluate, device }));
  const { [OURS]: ours, ...others } = await context.alternate(context.rounds(5), sides);
  const [best] = Object.entries(others).sort(([, a], [, b]) => b.median - a.median);
  const rounded = (values: number[]) => values.map((value) => Number(value.toPrecision(3)));
  context.report({
    case: name,
    ours: ours!.median,
    peer: best?.[1].median,
    unit: 'img/s',
    better: 'higher',
    against: best?.[0],
    rounds: ours!.values.length,
    details: {
      backend,
      device: ready?.device,
      precision: ready?.precision,
      ...(device.gpu
        ? { utilisation: { ours: middle(busy.get(OURS)), peer: middle(busy.get(best?.[0] ?? '')) } }
        : {}),
      ours: rounded(ours!.values),
      ...Object.fromEntries(Object.entries(others).map(([name, { values }]) => [name, rounded(values)])),
    },
  });
}

/** Percent, or null if nvidia-smi told nothing. */
const middle = (samples: number[] = []): number | null => (samples.length > 0 ? median(samples) : null);

export const float32Variants = variants.filter(({ precision }) => precision === 'float32');
