import type { Target } from './context.ts';
import type { Shape } from './torch.ts';

/** The steps that are measured. */
export function shapesOn({ device, backend }: Target): Shape[] {
  const usual = [
    { backbone: 'resnet50', batch: 16, size: 112 },
    { backbone: 'resnet50', batch: 32, size: 224 },
  ];
  if (backend === 'onednn') return [...usual, { backbone: 'resnet18', batch: 32, size: 112 }];
  // Small batches leave a GPU waiting.
  return device.gpu ? [...usual, { backbone: 'resnet50', batch: 256, size: 112 }] : usual;
}

/** The precisions that a backend computes in. */
export const precisionsOn = <P extends string>({ backend }: Target, wanted: readonly P[]): P[] =>
  wanted.filter((precision) => backend !== 'webgpu' || precision === 'float32');

/** What names of cases begin with where they are not those of the CPU and TensorFlow. */
export const place = ({ device, backend }: Target): string =>
  [...(device.gpu ? [device.name] : []), ...(backend === 'tensorflow' ? [] : [backend])]
    .map((word) => `${word}, `)
    .join('');
