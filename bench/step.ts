import { compare, float32Variants } from './support/compare.ts';
import type { BenchContext } from './support/context.ts';
import { variants } from './support/torch.ts';

// One training step of ResNet-50 with two heads and Adam, pictures a second: facecom's compiled step against the best of
// PyTorch's ways of running it (eager or torch.compile, float32 or bfloat16, channels_last or contiguous).

const shapes = [
  { backbone: 'resnet50', batch: 16, size: 112 },
  { backbone: 'resnet50', batch: 32, size: 224 },
];

export async function run(context: BenchContext): Promise<void> {
  for (const shape of shapes) {
    for (const precision of ['auto', 'float32'] as const) {
      const name = `step ${shape.batch} × ${shape.size}², ${precision}`;
      if (!context.wants(name)) continue;
      // The large pictures only with what is fastest elsewhere: each way takes minutes there.
      const all = precision === 'float32' ? float32Variants : variants;
      const candidates =
        shape.size > 112
          ? all.filter(
              ({ channelsLast, precision: p }) =>
                channelsLast && (p === 'bfloat16' || precision === 'float32'),
            )
          : all;
      await compare(context, { name, shape, precision, candidates });
    }
  }
}
