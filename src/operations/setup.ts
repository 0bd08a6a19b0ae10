import {
  checkTensorFlow,
  chooseKind,
  type Kind,
  type SetupResult,
  setupTensorFlow,
} from '../install/index.ts';
import { ensureMlflow } from '../python/index.ts';
import { type Reporter, silent } from './reporter.ts';

export interface SetupOptions {
  /** The build; what fits the machine if left out. */
  kind?: Kind;
  /** Install again what is there. */
  force?: boolean;
  /** Also a Python environment for MLflow's server. */
  mlflow?: boolean;
  signal?: AbortSignal;
  report?: Reporter;
}

export interface Setup {
  tensorflow: Pick<SetupResult, 'version' | 'dir' | 'installed'> & { kind: Kind; devices: string[] };
  /** The Python of MLflow's environment. */
  mlflow?: string;
  seconds: number;
}

/** Installs what training needs into the cache folder. Throws as setupTensorFlow and ensureMlflow do. */
export async function setup({
  force = false,
  mlflow,
  report = silent,
  ...options
}: SetupOptions = {}): Promise<Setup> {
  const started = performance.now();
  const kind = options.kind ?? (await chooseKind());
  const signal = options.signal ?? new AbortController().signal;
  const { note, progress } = report;
  try {
    const found = await setupTensorFlow({ kind, force, signal, note, progress });
    const { devices } = found.report ?? (await checkTensorFlow(found.dir, { signal }));
    const python = mlflow ? await ensureMlflow({ force, signal, note, progress }) : undefined;
    const { version, dir, installed } = found;
    return {
      tensorflow: {
        ...{ version, kind, dir, installed },
        devices: devices.map((device) => device.name.replace(/^.*device:/, '')),
      },
      ...(python ? { mlflow: python } : {}),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    progress(undefined);
  }
}
