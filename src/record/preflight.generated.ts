// Generated from schemas/record-preflight.schema.json by `npm run generate`; do not edit.

/**
 * preflight.json of a sweep's folder: what the first steps of its costliest trials took, on each kind of device.
 */
export interface PreflightRecord {
  version: 1;
  tried: PreflightRun[];
}
export interface PreflightRun {
  /**
   * Milliseconds since 1970.
   */
  time: number;
  /**
   * Kind of the device: cpu, or the name of a GPU.
   */
  device: string;
  backbone: string;
  image_size: number;
  batch_size: number;
  /**
   * Micro-batches a step: as the spec says, or as many more as it took to fit.
   */
  accumulation: number;
  /**
   * Whether it had enough memory.
   */
  fits: boolean;
  /**
   * Steps that were done.
   */
  steps?: number;
  /**
   * Until the end of the first step.
   */
  start_seconds?: number;
  /**
   * Of a step after the first.
   */
  step_seconds?: number;
  /**
   * Steps of an epoch.
   */
  epoch_steps?: number;
  /**
   * The most that the trainer had resident.
   */
  memory_bytes?: number;
  /**
   * The most that it had on the GPU.
   */
  gpu_memory_bytes?: number;
  /**
   * Why it ended before its steps were done.
   */
  message?: string;
}
