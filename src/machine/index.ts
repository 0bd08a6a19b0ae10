export { type Gpu, type GpuProcess, listGpus, type MigSlice } from './nvidia-smi.ts';
export { availableMemory, freeDisk, isDiskFull, parseBytes, totalMemory, usableCores } from './resources.ts';
