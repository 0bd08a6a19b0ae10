import { Command } from 'commander';
import { FacecomError } from '../../../base/errors.ts';

interface TrainerFlags {
  standby?: boolean;
  steps?: number;
  everyStep?: boolean;
}

/** `facecom trainer`: the built-in trainer on the run folder that FACECOM_RUN_DIR names. Started by the orchestrator. */
export function command(): Command {
  return new Command('trainer')
    .option('--standby', 'load everything, then wait for the run on the channel to the orchestrator')
    .option('--steps <n>', 'stop after so many optimizer steps', Number)
    .option('--every-step', 'report the progress of every step')
    .action(async ({ standby, steps, everyStep }: TrainerFlags) => {
      if (standby) {
        const { standBy } = await import('../../../trainer/index.ts');
        process.exit(await standBy());
      }
      const runDir = process.env.FACECOM_RUN_DIR;
      if (!runDir) {
        throw new FacecomError('trainer-no-run', 'FACECOM_RUN_DIR is not set.', {
          expected: 'the folder of a run, with its config.json',
          remedy: 'Start runs with facecom run; it starts the trainer.',
          exitCode: 2,
        });
      }
      const { main } = await import('../../../trainer/index.ts');
      // The native library's threads would keep the process alive.
      process.exit(
        await main(runDir, {
          ...(steps === undefined ? {} : { steps }),
          ...(everyStep ? { progressInterval: 0 } : {}),
        }),
      );
    });
}
