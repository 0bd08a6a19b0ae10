import { readFileSync } from 'node:fs';
import type { RuntimeOptions } from './index.ts';

export interface PrecisionChoice {
  precision: 'float32' | 'bfloat16';
  /** Why, as a sentence for the record. */
  reason: string;
}

/** CPU features that make bfloat16 products fast; without them bfloat16 is emulated and slower. */
const CPU_FEATURES = ['avx512_bf16', 'amx_bf16'];

/** Decides the arithmetic of a run: what was asked for, or by the processor and a short measurement. */
export async function choosePrecision(
  options: Pick<RuntimeOptions, 'backend' | 'device' | 'threads'> & {
    precision: 'auto' | 'float32' | 'bfloat16';
  },
): Promise<PrecisionChoice> {
  if (options.precision !== 'auto')
    return { precision: options.precision, reason: 'asked for by train.precision' };
  const feature = cpuFeature();
  if (!feature) return { precision: 'float32', reason: 'the CPU has neither AVX512-BF16 nor AMX' };
  return { precision: 'bfloat16', reason: `the CPU has ${feature}` };
}

/** The first of the CPU's features for bfloat16, as Linux names it. */
export function cpuFeature(): string | undefined {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
    return CPU_FEATURES.find((feature) => flags.includes(feature));
  } catch {
    return undefined;
  }
}
