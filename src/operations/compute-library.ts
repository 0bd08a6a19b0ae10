import { FacecomError } from '../base/errors.ts';
import { requirePackages } from '../base/packages.ts';
import {
  chooseKind,
  locateTensorFlow,
  type OneDnnPlace,
  oneDnnUnfit,
  type TensorFlowPlace,
} from '../install/index.ts';
import type { Experiment } from '../spec/index.ts';
import { nativeTensorFlow } from './native-tensorflow.ts';
import { oneDnn } from './onednn.ts';
import type { Reporter } from './reporter.ts';

export interface ComputeLibrary {
  onednn?: OneDnnPlace;
  tensorflow?: TensorFlowPlace;
}

/**
 * The library that the built-in trainer will compute with, set up if it is missing; none of them if it continues with another
 * backend. `auto` is TensorFlow where there is a GPU, else oneDNN; where that cannot be used, which is reported, TensorFlow.
 * Throws FacecomError `package-incomplete`, and as nativeTensorFlow and oneDnn do.
 */
export async function computeLibrary(
  config: Experiment,
  options: { report: Reporter; signal: AbortSignal },
): Promise<ComputeLibrary> {
  const { backend, device } = config.resources;
  requirePackages('@tensorflow/tfjs-core', 'koffi', 'sharp');
  if (backend === 'onednn' || (backend === 'auto' && !(await isForGpu(device)))) {
    const onednn = await oneDnnOf(config, options);
    if (onednn) return { onednn };
  }
  const tensorflow = await nativeTensorFlow(config, options);
  return tensorflow ? { tensorflow } : {};
}

async function isForGpu(device: string): Promise<boolean> {
  if (device !== 'auto') return device.startsWith('gpu:');
  return locateTensorFlow()?.kind === 'cuda' || (await chooseKind()) === 'cuda';
}

/** Undefined if `auto` has to do without it. */
async function oneDnnOf(
  config: Experiment,
  options: { report: Reporter; signal: AbortSignal },
): Promise<OneDnnPlace | undefined> {
  const { report } = options;
  const mustHave = config.resources.backend === 'onednn';
  const unfit = mustHave ? undefined : oneDnnUnfit();
  if (unfit !== undefined) {
    report.note(`oneDNN cannot be used here (${unfit}): training is with TensorFlow`);
    return undefined;
  }
  try {
    return await oneDnn(options);
  } catch (error) {
    if (mustHave || !(error instanceof FacecomError) || error.code === 'interrupted') throw error;
    const found = error.found ? ` (${error.found})` : '';
    report.warning({ code: 'no-onednn', message: `${error.message}${found}` });
    if (error.remedy) report.note(`  remedy: ${error.remedy}`);
    report.note('  training continues with TensorFlow, which is about half as fast');
    return undefined;
  }
}
