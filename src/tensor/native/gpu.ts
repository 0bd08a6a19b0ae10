import { existsSync } from 'node:fs';
import { locateTensorFlow } from '../../install/index.ts';

/** Whether a run on this device is one on a GPU: asked for, or `auto` where the CUDA build and a GPU are there. */
export function wantsGpu(device: string): boolean {
  if (device === 'auto') return locateTensorFlow()?.kind === 'cuda' && hasGpu();
  return device.startsWith('gpu');
}

/** Whether CUDA may see a GPU: CUDA_VISIBLE_DEVICES names one or is not set, and the driver is loaded. */
export function hasGpu(): boolean {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined && (visible === '' || visible === '-1')) return false;
  return (
    existsSync('/dev/nvidiactl') || existsSync('/proc/driver/nvidia/version') || process.platform === 'win32'
  );
}
