import { FacecomError } from '../../../base/errors.ts';
import { checkOneDnn, locateOneDnn, verifyInstall } from '../../../install/index.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The engine oneDNN. */
export async function checkEngine(): Promise<Finding> {
  const place = locateOneDnn();
  if (!place) {
    return ok('onednn', 'not installed; needed for resources.backend onednn only, which sets it up', {
      installed: false,
    });
  }
  const { dir, version: wheel } = place;
  const again = 'Run `facecom setup --onednn --force` to install it again.';
  const wrong = wheel === undefined ? undefined : verifyInstall(dir);
  if (wrong) return fail('onednn', `${dir} is damaged: ${wrong}`, again, { dir });
  try {
    const { version, isa, seconds, precision } = await checkOneDnn(dir, { measure: true });
    const details = { dir, version, isa, precision };
    const text = `${version} loads and computes with ${isa}, in ${seconds.toFixed(1)} s: ${dir}`;
    return ok('onednn', precision ? `${text}; ${precision.precision}: ${precision.reason}` : text, details);
  } catch (error) {
    if (!(error instanceof FacecomError)) throw error;
    const found = error.found ? ` (${error.found})` : '';
    // Nothing but runs that name it need it.
    return warn('onednn', `${error.message}${found}`, error.remedy ?? again, { dir });
  }
}
