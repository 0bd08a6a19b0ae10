import { tuneSteps } from '../../../operations/index.ts';
import { printJson } from '../../terminal/print.ts';
import { thenExit } from '../../terminal/then-exit.ts';

/** Prints the measurement of a request. Ends the process. */
export function printSteps(): Promise<never> {
  return thenExit(true, async () => {
    printJson(await tuneSteps(process.stdin));
    return 0;
  });
}
