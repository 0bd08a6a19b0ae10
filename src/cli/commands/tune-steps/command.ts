import { Command } from 'commander';

/** `facecom tune-steps`: measures training steps; what, is read from stdin. */
export function command(): Command {
  return new Command('tune-steps').action(async () => (await import('./action.ts')).printSteps());
}
