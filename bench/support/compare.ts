import type { BenchContext } from './context.ts';
import { type OursOptions, startOurs } from './ours.ts';
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

interface Comparison {
  name: string;
  shape: Shape;
  precision: OursOptions['precision'];
  /** Of PyTorch's ways of running it, those that may stand on the other side. */
  candidates: readonly Variant[];
  evaluate?: boolean;
}

const found = new Map<string, Array<{ variant: Variant; seconds: number }>>();

/** Measures pictures a second of facecom's step against the fastest of PyTorch's ways of running it, in turn. */
export async function compare(
  context: BenchContext,
  { name, shape, precision, candidates, evaluate }: Comparison,
): Promise<void> {
  const python = await torchPython(context);
  const key = `${JSON.stringify(shape)}${evaluate}`;
  context.note(`${name}: PyTorch's ways of running it`);
  const known = found.get(key) ?? [];
  const open = candidates.filter(
    ({ ...variant }) => !known.some((one) => nameOf(one.variant) === nameOf(variant)),
  );
  found.set(key, [...known, ...(await survey(context, python, shape, open, { evaluate }))]);
  const [best] = found
    .get(key)!
    .filter(({ variant }) => candidates.some((candidate) => nameOf(candidate) === nameOf(variant)))
    .sort((a, b) => a.seconds - b.seconds);
  const ours = await startOurs({ ...shape, precision, evaluate });
  context.defer(() => ours.worker.stop());
  const peer = best && (await startTorch(python, shape, best.variant, { evaluate }));
  if (peer) context.defer(() => peer.stop());
  const steps = shape.size > 112 ? 3 : 5;
  await secondsOf(ours.worker, 2);
  const results = await context.alternate(context.rounds(5), {
    ours: async () => shape.batch / (await secondsOf(ours.worker, steps)),
    peer: async () => (peer ? shape.batch / (await secondsOf(peer, steps)) : 0),
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
      precision: ours.ready.precision,
      ours: results.ours.values.map((value) => Number(value.toPrecision(3))),
      peer: results.peer.values.map((value) => Number(value.toPrecision(3))),
    },
  });
}

export const float32Variants = variants.filter(({ precision }) => precision === 'float32');
