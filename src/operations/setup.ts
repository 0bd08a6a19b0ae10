import {
  checkOneDnn,
  checkTensorFlow,
  chooseKind,
  type Kind,
  type OneDnnSetup,
  oneDnnUnfit,
  type SetupResult,
  setupOneDnn,
  setupTensorFlow,
} from '../install/index.ts';
import { ensureMlflow } from '../python/index.ts';
import { type Reporter, silent } from './reporter.ts';

export interface SetupOptions {
  /** Native TensorFlow of this build. Without it and `onednn`, what `auto` computes with here: see `libraryFor`. */
  kind?: Kind;
  /** Install again what is there. */
  force?: boolean;
  /** Also a Python environment for MLflow's server. */
  mlflow?: boolean;
  /** oneDNN. */
  onednn?: boolean;
  signal?: AbortSignal;
  report?: Reporter;
}

export interface Setup {
  onednn?: Pick<OneDnnSetup, 'version' | 'dir' | 'installed'> & { isa: string };
  tensorflow?: Pick<SetupResult, 'version' | 'dir' | 'installed'> & { kind: Kind; devices: string[] };
  /** The Python of MLflow's environment. */
  mlflow?: string;
  seconds: number;
}

/** Installs what training needs into the cache folder. Throws as setupTensorFlow, setupOneDnn and ensureMlflow do. */
export async function setup({
  force = false,
  mlflow,
  onednn,
  report = silent,
  ...options
}: SetupOptions = {}): Promise<Setup> {
  const started = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  const { note, progress } = report;
  const common = { force, signal, note, progress };
  try {
    const library = onednn ? 'onednn' : (options.kind ?? (await libraryFor()));
    const engine =
      library === 'onednn'
        ? { onednn: await oneDnnOf(common) }
        : { tensorflow: await tensorFlowOf({ ...common, kind: library }) };
    const python = mlflow ? await ensureMlflow(common) : undefined;
    return {
      ...engine,
      ...(python ? { mlflow: python } : {}),
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    progress(undefined);
  }
}

/** What `auto` computes with on this machine: TensorFlow's build for GPUs, oneDNN, or TensorFlow's build for CPUs. */
export async function libraryFor(): Promise<Kind | 'onednn'> {
  const kind = await chooseKind();
  return kind === 'cpu' && oneDnnUnfit() === undefined ? 'onednn' : kind;
}

async function tensorFlowOf(options: Parameters<typeof setupTensorFlow>[0]): Promise<Setup['tensorflow']> {
  const found = await setupTensorFlow(options);
  const { devices } = found.report ?? (await checkTensorFlow(found.dir, options));
  const { version, dir, installed, kind } = found;
  const names = devices.map((device) => device.name.replace(/^.*device:/, ''));
  return { version, kind, dir, installed, devices: names };
}

async function oneDnnOf(options: Parameters<typeof setupOneDnn>[0]): Promise<Setup['onednn']> {
  const { dir, version, installed, report } = await setupOneDnn(options);
  const { isa } = report ?? (await checkOneDnn(dir, { signal: options.signal }));
  return { dir, version, installed, isa };
}
