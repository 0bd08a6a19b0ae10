import { compare, float32Variants } from './support/compare.ts';
import type { BenchContext } from './support/context.ts';
import { place, precisionsOn, shapesOn } from './support/shapes.ts';
import { variants } from './support/torch.ts';

// One training step of ResNet-50 with two heads and Adam, images a second: facecom's compiled step against the best of
// PyTorch's ways of running it (eager or torch.compile, float32 or bfloat16, channels_last or contiguous).

export async function run(context: BenchContext): Promise<void> {
  for (const shape of shapesOn(context.target)) {
    for (const precision of precisionsOn(context.target, ['auto', 'float32'])) {
      const network = shape.backbone === 'resnet50' ? '' : `${shape.backbone} `;
      const name = `${place(context.target)}step ${network}${shape.batch} × ${shape.size}², ${precision}`;
      if (!context.wants(name)) continue;
      // The large images only with what is fastest elsewhere: each way takes minutes there.
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
