import { stopOnSignals } from '../../../base/interrupt.ts';
import { chooseKind } from '../../../install/index.ts';
import { type Setup, setup as setUp } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import type { SetupFlags } from './command.ts';
import { printPlan } from './plan.ts';

/** Sets up what training needs. Ctrl-C ends it; what was half done is removed. Returns the exit code. */
export async function setup(flags: SetupFlags): Promise<number> {
  const kind = flags.cuda ? 'cuda' : flags.cpu ? 'cpu' : await chooseKind();
  if (flags.dryRun) {
    await printPlan(kind, flags);
    return 0;
  }
  const { force, mlflow } = flags;
  const { signal, release } = stopOnSignals();
  try {
    const done = await setUp({ kind, force, mlflow, signal, report: terminalReporter(flags) });
    print(done, flags);
    return 0;
  } finally {
    release();
  }
}

function print({ tensorflow, mlflow, seconds: exact }: Setup, { json }: SetupFlags): void {
  const seconds = Math.round(exact * 10) / 10;
  if (json) {
    printJson({ tensorflow, ...(mlflow ? { mlflow: { python: mlflow } } : {}), seconds });
    return;
  }
  const { version, kind, dir, installed, devices } = tensorflow;
  const verb = installed ? `installed in ${seconds} s` : 'was there';
  process.stdout.write(`TensorFlow ${version} (${kind}) ${verb}: ${dir}\n`);
  process.stdout.write(`It loads and computes on ${devices.join(', ')}.\n`);
  if (mlflow) process.stdout.write(`MLflow is in ${mlflow}\n`);
}
