import { Command } from 'commander';

/** `facecom doctor`: what training finds on this machine, with a remedy for what is not well. */
export function command(): Command {
  return new Command('doctor')
    .option('--runs <DIR>', 'folder of the run folders', 'runs')
    .option('--json', 'print one JSON document')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      process.exitCode = await doctor(options);
    });
}

export interface DoctorOptions {
  runs: string;
  json?: boolean;
}
