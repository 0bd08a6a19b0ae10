import { Command } from 'commander';

/** `facecom report RUN|SWEEP`: one page with everything that the record says. */
export function command(): Command {
  return new Command('report')
    .argument('<RUN|SWEEP>', 'run folder, name/trial-attempt, trial, name of an experiment, or last')
    .option(
      '--out <FILE>',
      'the page, in place of artifacts/report.html of the run, report.html of the sweep',
    )
    .option('--watch', 'serve the page on 127.0.0.1 and follow what runs, until Ctrl-C')
    .option('--port <PORT>', 'port of --watch; a free one if left out')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print JSON documents only, one per line, the summary last')
    .action(async (target: string, options: ReportOptions) => {
      const { report } = await import('./action.ts');
      process.exitCode = await report(target, options);
    });
}

export interface ReportOptions {
  out?: string;
  watch?: boolean;
  port?: string;
  runs: string;
  json?: boolean;
}
