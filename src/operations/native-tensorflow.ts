import { FacecomError } from '../base/errors.ts';
import { locateTensorFlow, type TensorFlowPlace, verifyInstall } from '../install/index.ts';
import type { Experiment } from '../spec/index.ts';
import type { Reporter } from './reporter.ts';

interface Options {
  report: Reporter;
  signal: AbortSignal;
}

/**
 * The native TensorFlow that the built-in trainer will use, set up if it is missing; undefined if the run continues without it,
 * which is reported. Throws FacecomError `no-gpu`, `tensorflow-damaged`, `tensorflow-missing`, or what setupTensorFlow throws if
 * the spec asks for it by name; all with exit code 2.
 */
export async function nativeTensorFlow(
  { resources: { backend, device } }: Experiment,
  options: Options,
): Promise<TensorFlowPlace | undefined> {
  if (backend !== 'auto' && backend !== 'tensorflow') {
    if (backend !== 'webgpu') refuseGpu(device, `The backend ${backend} has no GPU`);
    return undefined;
  }
  const wantsGpu = device.startsWith('gpu:');
  if (wantsGpu) await checkGpu(device);
  const found = locateTensorFlow();
  if (found) {
    checkFiles(found);
    if (!wantsGpu || found.kind === 'cuda') return found;
  }
  const why = found
    ? `Native TensorFlow in ${found.dir} is for CPUs, and resources.device is ${device}`
    : 'Native TensorFlow is not installed';
  return setUp(why, backend === 'tensorflow' || wantsGpu, options);
}

/** `mustHave`: whether its absence ends the command, or makes the run a slower one. */
async function setUp(why: string, mustHave: boolean, options: Options): Promise<TensorFlowPlace | undefined> {
  if (isOff() || process.env.FACECOM_TENSORFLOW_DIR) {
    if (mustHave) throw missing(why);
    return fallBack(`${why}, and FACECOM_SETUP is off`, 'Run `facecom setup` to install it.', options);
  }
  const { note, progress } = options.report;
  note(`${why}: setting it up, once`);
  const { chooseKind, setupTensorFlow } = await import('../install/index.ts');
  try {
    const place = await setupTensorFlow({ kind: await chooseKind(), signal: options.signal, note, progress });
    progress(undefined);
    note(`native TensorFlow ${place.version} (${place.kind}) is in ${place.dir}`);
    return place;
  } catch (error) {
    progress(undefined);
    if (mustHave || !(error instanceof FacecomError) || error.code === 'interrupted') throw error;
    // What a variable puts right is not worth a training that is many times slower.
    if (error.code === 'cache-folder') throw withoutCache(error);
    const found = error.found ? ` (${error.found})` : '';
    return fallBack(`${error.message}${found}`, error.remedy, options);
  }
}

const withoutCache = ({ message, found }: FacecomError): FacecomError =>
  new FacecomError('cache-folder', message, {
    found,
    expected: 'a folder to set native TensorFlow up in',
    remedy:
      'Name a folder that you may write with FACECOM_CACHE_DIR, or set resources.backend to wasm, which is many times slower.',
    exitCode: 2,
  });

const isOff = (): boolean => /^(off|0|no|false)$/i.test(process.env.FACECOM_SETUP ?? '');

function fallBack(why: string, remedy: string | undefined, { report }: Options): undefined {
  report.warning({ code: 'no-tensorflow', message: why });
  if (remedy) report.note(`  remedy: ${remedy}`);
  report.note('  training continues with the wasm backend, which is many times slower');
  return undefined;
}

function missing(why: string): FacecomError {
  return new FacecomError('tensorflow-missing', `${why}, and it is not set up by itself.`, {
    found: process.env.FACECOM_TENSORFLOW_DIR
      ? `FACECOM_TENSORFLOW_DIR is ${process.env.FACECOM_TENSORFLOW_DIR}`
      : `FACECOM_SETUP is ${process.env.FACECOM_SETUP}`,
    remedy: 'Run `facecom setup`, or set resources.backend and resources.device to auto.',
    exitCode: 2,
  });
}

/** A truncated library would end the trainer without a word as it loads. */
function checkFiles({ dir }: TensorFlowPlace): void {
  const wrong = verifyInstall(dir);
  if (wrong === undefined) return;
  throw new FacecomError('tensorflow-damaged', `Native TensorFlow in ${dir} is damaged.`, {
    found: wrong,
    expected: 'the files as they were installed',
    remedy: process.env.FACECOM_TENSORFLOW_DIR
      ? 'Correct FACECOM_TENSORFLOW_DIR, or leave it out and run `facecom setup`.'
      : 'Run `facecom setup --force` to install it again.',
    exitCode: 2,
  });
}

/** Throws FacecomError `no-gpu` where the driver does not list the GPU or CUDA_VISIBLE_DEVICES hides every GPU. */
async function checkGpu(device: string): Promise<void> {
  const { listGpus } = await import('../machine/index.ts');
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  const gpus = visible === '' || visible === '-1' ? [] : await listGpus();
  if (gpus.some(({ index }) => device === `gpu:${index}`)) return;
  const listed = gpus.map(({ index, name }) => `gpu:${index} ${name}`).join(', ');
  throw new FacecomError('no-gpu', `resources.device is ${device}, and there is no such GPU.`, {
    found:
      listed || (visible === undefined ? 'nvidia-smi lists no GPU' : `CUDA_VISIBLE_DEVICES is '${visible}'`),
    remedy: 'Set resources.device to auto or cpu; `facecom doctor` says what is missing for a GPU.',
    exitCode: 2,
  });
}

function refuseGpu(device: string, why: string): void {
  if (!device.startsWith('gpu:')) return;
  throw new FacecomError('no-gpu', `${why}, and resources.device is ${device}.`, {
    remedy: 'Set resources.backend to tensorflow or auto, or resources.device to auto or cpu.',
    exitCode: 2,
  });
}
