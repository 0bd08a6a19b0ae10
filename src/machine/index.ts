export { type Gpu, type GpuProcess, listGpus, type MigSlice } from './nvidia-smi.ts';
export { peakMemory } from './peak-memory.ts';
export { availableMemory, totalMemory, usableCores } from './resources.ts';
export { type CpuTimes, cpuTimes, machineUsage } from './usage.ts';
