import { Command, Option } from 'commander';

/** `facecom setup`: installs oneDNN or native TensorFlow, and MLflow where it is asked for, into the user's cache folder. */
export function command(): Command {
  return new Command('setup')
    .option('--force', 'reinstall')
    .addOption(
      new Option('--cpu', 'TensorFlow for CPUs (274 MB), whatever the machine has').conflicts('cuda'),
    )
    .option('--cuda', 'TensorFlow for NVIDIA GPUs, with its CUDA libraries')
    .addOption(
      new Option('--onednn', 'oneDNN (39 MB), for x86-64 CPUs with Linux').conflicts(['cpu', 'cuda']),
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
