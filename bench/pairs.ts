import { join } from 'node:path';
import { Random } from '../src/base/random.ts';
import { normalised, pairScores } from '../src/trainer/evaluation/matching/embeddings.ts';
import { scoredPairs, verificationScores } from '../src/trainer/evaluation/matching/verification.ts';
import type { BenchContext } from './support/context.ts';
import { Worker } from './support/worker.ts';

// A million pairs of 512-d features scored and judged: cosines, ROC, AUC, equal error rate; NumPy and scikit-learn's roc_curve beside.

const pictures = 20_000;
const width = 512;
const count = 1_000_000;

export async function run(context: BenchContext): Promise<void> {
  const python = await context.pythonEnvironment('bench-sklearn', ['numpy==2.4.6', 'scikit-learn==1.9.1']);
  const random = new Random(1, 'bench');
  const embeddings = normalised(
    Float32Array.from({ length: pictures * width }, () => random.normal()),
    width,
  );
  const draw = () => Int32Array.from({ length: count }, () => random.integer(0, pictures - 1));
  const [left, right] = [draw(), draw()];
  const same = Uint8Array.from({ length: count }, () => random.integer(0, 1));
  const peer = new Worker('scikit-learn', [
    python,
    join(import.meta.dirname, 'peers/pairs.py'),
    ...[pictures, width, count].map(String),
  ]);
  context.defer(() => peer.stop());
  const { sklearn } = await peer.ready<{ sklearn: string }>();
  await peer.ask({ rounds: 1 });
  const judge = () => {
    const started = performance.now();
    const scores = pairScores(embeddings, left, right, embeddings);
    const found = verificationScores(scoredPairs({ left, right, same }, scores), 0);
    if (!(found.verification_auc! > 0)) throw new Error('nothing was measured');
    return (performance.now() - started) / 1000;
  };
  judge();
  const { ours, peer: other } = await context.alternate(context.rounds(5), {
    ours: async () => judge(),
    peer: async () => (await peer.ask<{ seconds: number }>({ rounds: 1 })).seconds,
  });
  await peer.stop();
  context.report({
    case: `${count} pairs of ${width} features: cosines, ROC, AUC, EER`,
    ours: ours.median,
    peer: other.median,
    unit: 's',
    better: 'lower',
    against: `NumPy einsum and scikit-learn ${sklearn} roc_curve`,
    rounds: ours.values.length,
  });
}
