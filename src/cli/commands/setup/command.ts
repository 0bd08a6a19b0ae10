import { Command, Option } from 'commander';

/** `facecom setup`: installs native TensorFlow, and MLflow where it is asked for, into the user's cache folder. */
export function command(): Command {
  return new Command('setup')
    .option('--force', 'reinstall')
    .addOption(new Option('--cpu', 'the build for CPUs, whatever the machine has').conflicts('cuda'))
    .option('--cuda', 'the build for NVIDIA GPUs, with its CUDA libraries')
    .addOption(
      new Option(
        '--onednn',
        'oneDNN (39 MB), for resources.backend onednn, in place of TensorFlow',
      ).conflicts(['cpu', 'cuda']),
    )
    .option('--mlflow', "also a Python environment for MLflow's server (620 MB)")
    .option('--dry-run', 'print what would be fetched, and fetch nothing')
    .option('--json', 'print JSON documents only, the summary last')
    .option('--quiet', 'print the summary only')
    .action(async (options: SetupFlags) => {
      const { setup } = await import('./action.ts');
      process.exitCode = await setup(options);
    });
}

export interface SetupFlags {
  force?: boolean;
  cpu?: boolean;
  cuda?: boolean;
  onednn?: boolean;
  mlflow?: boolean;
  dryRun?: boolean;
  json?: boolean;
  quiet?: boolean;
}
