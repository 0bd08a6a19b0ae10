import { basename } from 'node:path';

/**
 * Signals before a command has set its own handlers up. A Ctrl-C ends the program with 130, as it does later; a SIGHUP that was ignored
 * when the program was started stays ignored to its end.
 */
export function handleFirstSignals(): void {
  process.on('SIGINT', () => {
    // With a handler of the command beside this one, the signal is left to it.
    if (process.listenerCount('SIGINT') === 1) process.exit(130);
  });
  if (ignoresHangup()) process.on('SIGHUP', () => {});
}

/**
 * Whether this process was started with SIGHUP ignored, as nohup does: a handler would undo that, and training over night would end with
 * the terminal. Node itself resets what is ignored, so bin/facecom tells; started without it, only the `_` of bash and zsh does.
 */
export function ignoresHangup({ FACECOM_IGNORES_HANGUP, _: program = '' } = process.env): boolean {
  return FACECOM_IGNORES_HANGUP !== undefined || basename(program) === 'nohup';
}
