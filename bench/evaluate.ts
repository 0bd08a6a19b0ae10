import { compare, float32Variants } from './support/compare.ts';
import type { BenchContext } from './support/context.ts';
import { place, precisionsOn } from './support/shapes.ts';
import { variants } from './support/torch.ts';

// A pass of evaluation of ResNet-50 with two heads, images a second, against PyTorch's inference mode at its best.

const shape = { backbone: 'resnet50', batch: 64, size: 112 };

export async function run(context: BenchContext): Promise<void> {
  for (const precision of precisionsOn(context.target, ['auto', 'float32'])) {
    const name = `${place(context.target)}evaluation ${shape.batch} × ${shape.size}², ${precision}`;
    if (!context.wants(name)) continue;
    const candidates = precision === 'float32' ? float32Variants : variants;
    await compare(context, { name, shape, precision, candidates, evaluate: true });
  }
}
