import { stopOnSignals } from '../../../base/interrupt.ts';
import { libraryFor, type Setup, setup as setUp } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import type { SetupFlags } from './command.ts';
import { printOneDnnPlan, printPlan } from './plan.ts';

/** Sets up what training needs. Ctrl-C ends it; what was half done is removed. Returns the exit code. */
export async function setup(flags: SetupFlags): Promise<number> {
  const library = flags.cuda ? 'cuda' : flags.cpu ? 'cpu' : flags.onednn ? 'onednn' : await libraryFor();
  if (flags.dryRun) {
    await (library === 'onednn' ? printOneDnnPlan(flags) : printPlan(library, flags));
    return 0;
  }
  const { force, mlflow } = flags;
  const what = library === 'onednn' ? { onednn: true } : { kind: library };
  const { signal, release } = stopOnSignals();
  try {
    const done = await setUp({ ...what, force, mlflow, signal, report: terminalReporter(flags) });
    print(done, flags);
    return 0;
  } finally {
    release();
  }
}

function print({ tensorflow, onednn, mlflow, seconds: exact }: Setup, { json }: SetupFlags): void {
  const seconds = Math.round(exact * 10) / 10;
  if (json) {
    printJson({ tensorflow, onednn, ...(mlflow ? { mlflow: { python: mlflow } } : {}), seconds });
    return;
  }
  const verb = (installed: boolean) => (installed ? `installed in ${seconds} s` : 'was there');
  if (tensorflow) {
    const { version, kind, dir, installed, devices } = tensorflow;
    process.stdout.write(`TensorFlow ${version} (${kind}) ${verb(installed)}: ${dir}\n`);
    process.stdout.write(`It loads and computes on ${devices.join(', ')}.\n`);
  }
  if (onednn) {
    const { version, dir, installed, isa } = onednn;
    process.stdout.write(`oneDNN ${version} ${verb(installed)}: ${dir}\n`);
    process.stdout.write(`It loads and computes with ${isa}.\n`);
  }
  if (mlflow) process.stdout.write(`MLflow is in ${mlflow}\n`);
}
