import { Command } from 'commander';

/** `facecom mlflow-server`: starts a local MLflow server and stays with it. Started in the background by run, sweep and ui. */
export function command(): Command {
  return new Command('mlflow-server')
    .requiredOption('--folder <DIR>', "the server's folder, <runs>/.mlflow")
    .option('--port <N>', 'its port')
    .action(async ({ folder, port }: { folder: string; port?: string }) => {
      const { keepServer } = await import('../../../tracking/index.ts');
      const stop = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
      await keepServer({
        folder,
        signal: stop.signal,
        ...(port === undefined ? {} : { port: Number(port) }),
      });
    });
}
