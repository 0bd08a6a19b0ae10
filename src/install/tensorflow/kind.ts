import { listGpus } from '../../machine/index.ts';
import { type Kind, planWheels } from './wheels.ts';

/** CUDA where an NVIDIA driver lists a GPU and there is a wheel for it, else CPU. */
export async function chooseKind(): Promise<Kind> {
  if ((await listGpus()).length === 0) return 'cpu';
  try {
    planWheels('cuda');
    return 'cuda';
  } catch {
    return 'cpu';
  }
}
