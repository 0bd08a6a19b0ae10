import { cpuInfo } from '../base/cpu-info.ts';
import { FacecomError } from '../base/errors.ts';
import { chooseBackend } from './backend.ts';
import type { OneDnn } from './onednn/library.ts';
import type { RuntimeOptions } from './runtime.ts';

export type Precision = 'float32' | 'bfloat16';

export interface PrecisionChoice {
  precision: Precision;
  /** Why, as a sentence for the record. */
  reason: string;
}

/** CPU features that make bfloat16 products fast; without them bfloat16 is emulated and slower. */
const CPU_FEATURES = ['amx_bf16', 'avx512_bf16'];

/** How many times faster bfloat16 must be to be worth its rounding. */
const WORTH = 1.1;

/**
 * Decides the arithmetic of a run: what was asked for or, for `auto`, bfloat16 where the processor has it and a short measurement
 * (less than a second) confirms that it is faster.
 * Throws FacecomError `precision-unsupported` where the backend computes in float32 only and bfloat16 was asked for.
 */
export async function choosePrecision(
  options: Pick<RuntimeOptions, 'backend' | 'device' | 'threads' | 'frozen'> & {
    precision: 'auto' | Precision;
  },
): Promise<PrecisionChoice> {
  const { precision } = options;
  const { backend } = await chooseBackend(options);
  const mixed = backend === 'onednn' || backend === 'tensorflow';
  if (precision === 'bfloat16' && !mixed) {
    throw new FacecomError('precision-unsupported', `The backend ${backend} computes in float32 only.`, {
      found: 'train.precision: bfloat16',
      expected: 'auto or float32',
      remedy: 'Run `facecom setup` for a native library, or set train.precision to auto.',
      exitCode: 2,
    });
  }
  if (precision !== 'auto') return { precision, reason: 'asked for by train.precision' };
  if (!mixed) return { precision: 'float32', reason: 'the backend computes in float32 only' };
  if (backend === 'onednn') return byInstructions(options.threads);
  if (options.device !== 'cpu') {
    const { wantsGpu } = await import('./native/gpu.ts');
    if (wantsGpu(options.device)) return measured(options, 'the GPU');
  }
  const flags = cpuInfo('flags').split(' ');
  const feature = CPU_FEATURES.find((name) => flags.includes(name));
  if (!feature) return { precision: 'float32', reason: 'the CPU has neither AVX512-BF16 nor AMX' };
  return measured(options, `the CPU has ${feature}, and it`);
}

/**
 * The engine oneDNN computes in bfloat16 where its instructions are there and in use: the processor may have them and the library,
 * or the environment, not. Nothing is measured, so that every run of a machine computes alike.
 */
async function byInstructions(threads: number): Promise<PrecisionChoice> {
  const { locateOneDnn } = await import('../install/index.ts');
  const place = locateOneDnn();
  if (!place) return { precision: 'float32', reason: 'oneDNN is not installed' };
  const { loadOneDnn } = await import('./onednn/library.ts');
  return precisionOf(loadOneDnn(place.dir, threads), cpuInfo('vendor_id'));
}

/** `vendor`: of the processor, as Linux names it. */
export function precisionOf(
  { isa, bfloat16 }: Pick<OneDnn, 'isa' | 'bfloat16'>,
  vendor: string,
): PrecisionChoice {
  const uses = `oneDNN computes with ${isa}`;
  if (!bfloat16) return { precision: 'float32', reason: `${uses}, which has no products in bfloat16` };
  // VDPBF16PS takes two products where an FMA takes one, and half as many of them begin in a cycle: with the casts a step takes longer.
  if (vendor === 'GenuineIntel' && !isa.includes('amx'))
    return {
      precision: 'float32',
      reason: `${uses}, and without AMX a processor of Intel is no faster in bfloat16`,
    };
  return { precision: 'bfloat16', reason: uses };
}

async function measured(
  options: Pick<RuntimeOptions, 'backend' | 'device' | 'threads' | 'frozen'>,
  subject: string,
): Promise<PrecisionChoice> {
  const { measurePrecisions } = await import('./native/measure-precision.ts');
  let { float32, bfloat16 } = await measurePrecisions(options);
  // A busy moment must not decide: two runs of one experiment on one machine are to compute alike.
  for (let again = 0; again < 2 && float32 / bfloat16 < WORTH; again++)
    ({ float32, bfloat16 } = await measurePrecisions(options));
  const times = float32 / bfloat16;
  const found = `a short step takes ${bfloat16.toFixed(1)} ms in bfloat16 and ${float32.toFixed(1)} ms in float32`;
  return times >= WORTH
    ? { precision: 'bfloat16', reason: `${subject} computes faster in it: ${found}` }
    : { precision: 'float32', reason: `${subject} computes no faster in bfloat16: ${found}` };
}
