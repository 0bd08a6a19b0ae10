import type { Slot } from './slots.ts';

/** Variables of a slot's trainers: the devices that they may see, their threads, and how their native library behaves. */
export function trainerEnvironment({
  visible,
  threads,
  shared,
}: Pick<Slot, 'visible' | 'threads' | 'shared'>): Record<string, string | undefined> {
  const { TF_CPP_MIN_LOG_LEVEL, MALLOC_ARENA_MAX, OMP_NUM_THREADS, UV_THREADPOOL_SIZE } = process.env;
  return {
    TF_CPP_MIN_LOG_LEVEL: TF_CPP_MIN_LOG_LEVEL ?? '2',
    // One heap for all threads: TensorFlow's hold a tenth of the memory otherwise that no thread can give another.
    MALLOC_ARENA_MAX: MALLOC_ARENA_MAX ?? '1',
    FACECOM_THREADS: String(threads),
    // Trainers of other makes (NumPy, PyTorch) go by it.
    OMP_NUM_THREADS: OMP_NUM_THREADS ?? String(threads),
    // Images are decoded on libuv's threads, four unless it is told.
    UV_THREADPOOL_SIZE: UV_THREADPOOL_SIZE ?? String(Math.min(1024, Math.max(4, threads))),
    // TensorFlow takes a GPU's whole memory for itself otherwise.
    ...(shared ? { TF_FORCE_GPU_ALLOW_GROWTH: process.env.TF_FORCE_GPU_ALLOW_GROWTH ?? 'true' } : {}),
    ...devices(visible),
  };
}

function devices(visible: string[] | undefined): Record<string, string> {
  if (!visible) return {};
  if (visible.length === 0) return { CUDA_VISIBLE_DEVICES: '-1' };
  return {
    CUDA_VISIBLE_DEVICES: visible.join(','),
    // As nvidia-smi numbers them.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    FACECOM_DEVICE: 'gpu:0',
  };
}
