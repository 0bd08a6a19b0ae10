import { reportError } from './report-error.ts';

/** Does the work and ends the process: the native library's threads would keep it alive. */
export async function thenExit(json: boolean, work: () => Promise<number>): Promise<never> {
  let code: number;
  try {
    code = await work();
  } catch (error) {
    code = reportError(error, json);
  }
  process.exit(code);
}
