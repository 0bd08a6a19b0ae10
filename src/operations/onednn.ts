import { FacecomError } from '../base/errors.ts';
import { locateOneDnn, type OneDnnPlace, oneDnnFile, verifyInstall } from '../install/index.ts';
import type { Reporter } from './reporter.ts';

/**
 * The oneDNN that a run computes with, set up if it is missing. Throws FacecomError `onednn-missing`, `onednn-damaged`,
 * `onednn-cpu`, or what setupOneDnn throws; all with exit code 2.
 */
export async function oneDnn({
  report,
  signal,
}: {
  report: Reporter;
  signal: AbortSignal;
}): Promise<OneDnnPlace> {
  const found = locateOneDnn();
  if (found) {
    if (found.version === undefined) oneDnnFile(found.dir);
    else checkFiles(found);
    return found;
  }
  if (/^(off|0|no|false)$/i.test(process.env.FACECOM_SETUP ?? '')) {
    throw new FacecomError('onednn-missing', 'oneDNN is not installed, and it is not set up by itself.', {
      found: `FACECOM_SETUP is ${process.env.FACECOM_SETUP}`,
      remedy: 'Run `facecom setup`, or unset FACECOM_SETUP.',
      exitCode: 2,
    });
  }
  report.note('oneDNN is not installed: setting it up, once');
  const { setupOneDnn } = await import('../install/index.ts');
  try {
    const { note, progress } = report;
    const place = await setupOneDnn({ signal, note, progress });
    note(`oneDNN ${place.version} is in ${place.dir}`);
    return place;
  } finally {
    report.progress(undefined);
  }
}

/** A truncated library would end the trainer without a word as it loads. */
function checkFiles({ dir }: OneDnnPlace): void {
  const wrong = verifyInstall(dir);
  if (wrong === undefined) return;
  throw new FacecomError('onednn-damaged', `oneDNN in ${dir} is damaged.`, {
    found: wrong,
    expected: 'the files as they were installed',
    remedy: 'Run `facecom setup --force` to install it again.',
    exitCode: 2,
  });
}
