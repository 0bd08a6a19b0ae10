import { freeBytes } from '../../../base/disk.ts';
import { cacheFolder } from '../../../base/folders.ts';
import { formatBytes } from '../../../base/format.ts';
import {
  type Kind,
  listInstalls,
  locateOneDnn,
  ONEDNN_VERSION,
  planOneDnn,
  planWheels,
} from '../../../install/index.ts';
import { printJson } from '../../terminal/print.ts';
import type { SetupFlags } from './command.ts';

/** Prints what a setup would fetch. */
export async function printPlan(kind: Kind, { json, force }: SetupFlags): Promise<void> {
  const { package: name, version, fetched, kept, peak } = planWheels(kind);
  const here = listInstalls().find((place) => place.kind === kind && place.version === version);
  const needed = !here || force === true;
  const free = await freeBytes(cacheFolder());
  if (json)
    printJson({
      tensorflow: { kind, package: name, version, fetched, kept, peak, needed },
      free,
      dir: cacheFolder(),
    });
  else if (!needed)
    process.stdout.write(`TensorFlow ${version} (${kind}) is in ${here.dir}: nothing to do.\n`);
  else
    process.stdout.write(
      `Would fetch ${name} ${version}${kind === 'cuda' ? ' and the CUDA libraries it names' : ''}: about ${formatBytes(fetched)}.\n` +
        `It takes ${formatBytes(kept)} in ${cacheFolder()}, ${formatBytes(peak)} while it is set up; ${formatBytes(free)} are free.\n`,
    );
}

/** Prints what a setup of oneDNN would fetch. */
export async function printOneDnnPlan({ json, force }: SetupFlags): Promise<void> {
  const { fetched, kept, peak } = planOneDnn();
  const here = locateOneDnn();
  const needed = !here || force === true;
  const free = await freeBytes(cacheFolder());
  if (json)
    printJson({
      onednn: { version: ONEDNN_VERSION, fetched, kept, peak, needed },
      free,
      dir: cacheFolder(),
    });
  else if (!needed) process.stdout.write(`oneDNN is in ${here.dir}: nothing to do.\n`);
  else
    process.stdout.write(
      `Would fetch oneDNN ${ONEDNN_VERSION}: about ${formatBytes(fetched)}.\n` +
        `It takes ${formatBytes(kept)} in ${cacheFolder()}, ${formatBytes(peak)} while it is set up; ${formatBytes(free)} are free.\n`,
    );
}
