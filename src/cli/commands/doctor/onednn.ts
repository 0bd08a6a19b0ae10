import { FacecomError } from '../../../base/errors.ts';
import {
  checkOneDnn,
  locateOneDnn,
  type OneDnnReport,
  oneDnnUnfit,
  verifyInstall,
} from '../../../install/index.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export interface Engine {
  finding: Finding;
  /** Of a library that computes. */
  report?: OneDnnReport;
  /** Whether the machine is one that it is made for. */
  fits: boolean;
}

/** The engine oneDNN. */
export async function checkEngine(): Promise<Engine> {
  const unfit = oneDnnUnfit();
  const fits = unfit === undefined;
  const place = locateOneDnn();
  const details = { installed: place !== undefined };
  if (!fits) return { fits, finding: ok('onednn', `not for this machine: ${unfit}`, details) };
  if (!place) {
    const text =
      'not installed: a run on the CPU sets it up, or trains with TensorFlow where that is not possible';
    return { fits, finding: warn('onednn', text, 'Run `facecom setup`.', details) };
  }
  const { dir, version: wheel } = place;
  const again = 'Run `facecom setup --force` to install it again.';
  const wrong = wheel === undefined ? undefined : verifyInstall(dir);
  if (wrong) return { fits, finding: fail('onednn', `${dir} is damaged: ${wrong}`, again, { dir }) };
  try {
    const report = await checkOneDnn(dir, { measure: true });
    const { version, isa, seconds, precision } = report;
    const text = `${version} loads and computes with ${isa}, in ${seconds.toFixed(1)} s: ${dir}`;
    return { fits, report, finding: ok('onednn', text, { dir, version, isa, precision }) };
  } catch (error) {
    if (!(error instanceof FacecomError)) throw error;
    const found = error.found ? ` (${error.found})` : '';
    // `auto` takes TensorFlow then.
    return { fits, finding: warn('onednn', `${error.message}${found}`, error.remedy ?? again, { dir }) };
  }
}
