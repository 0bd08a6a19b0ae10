import { shownPath } from '../../../base/format.ts';
import { renderSweep } from '../../../operations/index.ts';
import { readExperiment } from '../../../spec/index.ts';
import { printJson } from '../../terminal/print.ts';
import { terminalReporter } from '../../terminal/reporter.ts';
import { axesAsSet } from './axis-option.ts';
import type { SweepOptions } from './command.ts';

const submit = { slurm: 'sbatch', k8s: 'kubectl create -f' };

/** Writes a sweep's jobs for a scheduler and submits nothing. Returns the exit code. */
export async function renderFiles(file: string, options: SweepOptions & { render: 'slurm' | 'k8s' }) {
  const { runs, maxParallel, failed, render, json } = options;
  const set = [...(options.set ?? []), ...axesAsSet(options.axis)];
  const spec = await readExperiment(file, { set });
  const report = terminalReporter(options);
  const rendered = await renderSweep(spec, render, { file, set, runs, maxParallel, failed, report });
  if (json) printJson(rendered);
  else
    process.stdout.write(
      `${rendered.files.map((path) => `${submit[render]} ${shownPath(path)}`).join('\n') || 'Every trial has ended.'}\n`,
    );
  return 0;
}
