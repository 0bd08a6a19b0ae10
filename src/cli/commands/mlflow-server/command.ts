import { Command } from 'commander';
import { stopOnSignals } from '../../../base/interrupt.ts';

/** `facecom mlflow-server`: starts a local MLflow server and stays with it. Started in the background by run, sweep and ui. */
export function command(): Command {
  return new Command('mlflow-server')
    .requiredOption('--folder <DIR>', "the server's folder")
    .option('--port <N>', 'its port')
    .action(async ({ folder, port }: { folder: string; port?: string }) => {
      const { keepServer } = await import('../../../tracking/index.ts');
      await keepServer({
        folder,
        signal: stopOnSignals().signal,
        ...(port === undefined ? {} : { port: Number(port) }),
      });
    });
}
