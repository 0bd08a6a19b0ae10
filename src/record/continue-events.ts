import { appendFileSync, writeFileSync } from 'node:fs';
import { linesOf } from '../base/lines.ts';
import { decodeLine, eventsFile } from './events.ts';

/**
 * Copies a run's events for a run that trains on from its last checkpoint: without how it ended, what it made at its end, and its scores
 * on the test images.
 */
export function copyOpenEvents(runDir: string, to: string): void {
  const file = eventsFile(to);
  writeFileSync(file, '');
  let part = '';
  for (const { text } of linesOf(eventsFile(runDir))) {
    if (text === undefined || !continues(text)) continue;
    part += `${text}\n`;
    if (part.length < 1 << 20) continue;
    appendFileSync(file, part);
    part = '';
  }
  appendFileSync(file, part);
}

function continues(line: string): boolean {
  const event = decodeLine(line);
  switch (event?.type) {
    case undefined:
    case 'finished':
    case 'stopped':
    case 'failed':
    case 'artifact':
      return false;
    case 'metric':
      return !Object.keys(event.values).every((name) => name.startsWith('test/'));
    default:
      return true;
  }
}
