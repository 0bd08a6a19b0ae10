import { formatBytes, freeBytes } from '../../../base/disk.ts';
import { FacecomError } from '../../../base/errors.ts';
import { cacheFolder } from '../../../base/folders.ts';
import {
  checkTensorFlow,
  chooseKind,
  type Kind,
  listInstalls,
  planWheels,
  setupTensorFlow,
} from '../../../install/index.ts';
import { ensureMlflow } from '../../../python/index.ts';
import type { SetupFlags } from './command.ts';
import { openSetupView } from './view.ts';

/** Sets up what training needs. Gives the exit code. */
export async function setup(flags: SetupFlags): Promise<number> {
  const kind = flags.cuda ? 'cuda' : flags.cpu ? 'cpu' : await chooseKind();
  if (flags.dryRun) return printPlan(kind, flags);
  const started = performance.now();
  const stop = stopOnSignal();
  const view = await openSetupView(flags);
  try {
    const options = {
      force: flags.force ?? false,
      signal: stop.signal,
      note: view.note,
      progress: view.progress,
    };
    const found = await setupTensorFlow({ kind, ...options });
    const report = found.report ?? (await checkTensorFlow(found.dir, { signal: stop.signal }));
    const mlflow = flags.mlflow ? await ensureMlflow(options) : undefined;
    view.close();
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { dir, version, installed } = found;
    const devices = report.devices.map((device) => device.name.replace(/^.*device:/, ''));
    if (flags.json) {
      const tensorflow = { version, kind, dir, installed, devices };
      print({ tensorflow, ...(mlflow ? { mlflow: { python: mlflow } } : {}), seconds });
    } else {
      const verb = installed ? `installed in ${seconds} s` : 'was there';
      process.stdout.write(
        `TensorFlow ${version} (${kind}) ${verb}: ${dir}\nIt loads and computes on ${devices.join(', ')}.\n`,
      );
      if (mlflow) process.stdout.write(`MLflow is in ${mlflow}\n`);
    }
    return 0;
  } finally {
    view.close();
    stop.release();
  }
}

async function printPlan(kind: Kind, { json, force }: SetupFlags): Promise<number> {
  const { package: name, version, fetched, kept, peak } = planWheels(kind);
  const here = listInstalls().find((place) => place.kind === kind && place.version === version);
  const needed = !here || force === true;
  const free = await freeBytes(cacheFolder());
  if (json)
    print({
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
  return 0;
}

const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** Ctrl-C ends a setup; what was half done is removed. */
function stopOnSignal(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = () => controller.abort(new FacecomError('interrupted', 'Interrupted.', { exitCode: 130 }));
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
