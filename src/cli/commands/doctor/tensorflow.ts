import { FacecomError } from '../../../base/errors.ts';
import {
  checkTensorFlow,
  locateTensorFlow,
  type TensorFlowPlace,
  type TensorFlowReport,
  verifyInstall,
} from '../../../install/index.ts';
import { type Gpu, listGpus } from '../../../machine/index.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { checkEngine, type Engine } from './onednn.ts';

/** oneDNN, native TensorFlow, the GPUs, and what a run that leaves the choice to the program would compute on. */
export async function checkCompute(): Promise<Finding[]> {
  const place = locateTensorFlow();
  const [gpus, engine, loaded] = await Promise.all([
    listGpus(),
    checkEngine(),
    place ? load(place) : undefined,
  ]);
  const report = loaded && 'report' in loaded ? loaded.report : undefined;
  return [
    engine.finding,
    loaded ? loaded.finding : missing(gpus, engine),
    gpuFinding(gpus, place, report),
    chosen(engine, place, report),
  ];
}

async function load(place: TensorFlowPlace): Promise<{ finding: Finding; report?: TensorFlowReport }> {
  const { dir, version, kind } = place;
  const details = { dir, version, kind };
  const force = 'Run `facecom setup --force` to install it again.';
  const wrong = verifyInstall(dir);
  if (wrong) return { finding: fail('tensorflow', `${dir} is damaged: ${wrong}`, force, details) };
  try {
    const report = await checkTensorFlow(dir, { measure: true });
    const text = `${report.version} (${kind}) loads and computes, in ${report.seconds.toFixed(1)} s: ${dir}`;
    return {
      report,
      finding: ok('tensorflow', text, { ...details, version: report.version, devices: report.devices }),
    };
  } catch (error) {
    if (!(error instanceof FacecomError)) throw error;
    const found = error.found ? ` (${error.found})` : '';
    return { finding: fail('tensorflow', `${error.message}${found}`, error.remedy ?? force, details) };
  }
}

function missing(gpus: Gpu[], engine: Engine): Finding {
  if (gpus.length === 0 && engine.fits) {
    return ok('tensorflow', 'not installed; oneDNN takes its place on this machine', { installed: false });
  }
  return warn(
    'tensorflow',
    'not installed: a run sets it up, or trains on wasm where that is not possible',
    `Run \`facecom setup\`${gpus.length > 0 ? ', which takes the build for GPUs' : ''}.`,
  );
}

function gpuFinding(gpus: Gpu[], place?: TensorFlowPlace, report?: TensorFlowReport): Finding {
  if (gpus.length === 0) {
    return ok('gpus', 'no NVIDIA GPU (nvidia-smi lists none); training is on the CPU', { gpus: [] });
  }
  const names = gpus.map(
    ({ index, name, memoryTotal }) => `gpu:${index} ${name}, ${Math.round(memoryTotal / 2 ** 30)} GiB`,
  );
  const text = `${names.join('; ')}; driver ${gpus[0]!.driver}`;
  const details = { gpus: gpus.map(({ index, name, uuid, driver }) => ({ index, name, uuid, driver })) };
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible === '' || visible === '-1')
    return warn(
      'gpus',
      `${text}; hidden by CUDA_VISIBLE_DEVICES='${visible}'`,
      'Unset CUDA_VISIBLE_DEVICES.',
      details,
    );
  if (place?.kind === 'cpu')
    return warn('gpus', `${text}; TensorFlow is the build for CPUs`, 'Run `facecom setup --cuda`.', details);
  if (report && !report.devices.some(({ type }) => type === 'GPU')) {
    const lacks = report.missing.length > 0 ? `: it does not find ${report.missing.join(', ')}` : '';
    return warn(
      'gpus',
      `${text}; TensorFlow sees none of them${lacks}`,
      'Run `facecom setup --cuda --force`; if that does not help, update the NVIDIA driver (CUDA 12 needs 525 or newer).',
      details,
    );
  }
  return ok('gpus', text, details);
}

function chosen(engine: Engine, place?: TensorFlowPlace, report?: TensorFlowReport): Finding {
  const device = report?.precision?.device ?? 'cpu';
  if (device === 'cpu' && engine.report) {
    const { precision = 'float32', reason = '' } = engine.report.precision ?? {};
    const details = { backend: 'onednn', device, precision, reason };
    return ok('compute', `a run would compute on the CPU with oneDNN in ${precision}: ${reason}`, details);
  }
  if (!place || !report) {
    const details = { backend: 'wasm', device: 'cpu', precision: 'float32' };
    return warn(
      'compute',
      'a run would compute on the CPU with wasm in float32, many times slower',
      'Run `facecom setup`.',
      details,
    );
  }
  const { precision = 'float32', reason = '' } = report.precision ?? {};
  const details = { backend: 'tensorflow', device, precision, reason };
  return ok(
    'compute',
    `a run would compute on ${device} with native TensorFlow in ${precision}: ${reason}`,
    details,
  );
}
