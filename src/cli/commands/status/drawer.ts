import { toJson } from '../../terminal/print.ts';
import { canRedraw, terminalSize } from '../../terminal/terminal-size.ts';
import { outputWidth } from '../../terminal/wide-table.ts';
import type { StatusOptions } from './command.ts';
import type { Status } from './status.ts';

/** Prints one look. */
export function print(now: Status, { json, all }: StatusOptions): void {
  process.stdout.write(json ? lines(now) : `${now.text(size(all))}\n`);
}

const lines = ({ documents }: Status): string =>
  documents.map((document) => `${toJson(document)}\n`).join('');

/** Shows look after look: redrawn in a terminal, elsewhere printed again when something has changed. */
export async function drawer(options: StatusOptions): Promise<{ show(now: Status): void; done(): void }> {
  if (!options.json && canRedraw(process.stdout)) {
    const { createLogUpdate } = await import('log-update');
    const update = createLogUpdate(process.stdout);
    return { show: (now) => update(now.text(size(options.all))), done: () => update.done() };
  }
  // What has not changed is not printed again.
  let before = '';
  const show = (now: Status) => {
    const text = options.json ? lines(now) : `${now.text(size(options.all))}\n`;
    const [compared] = [withoutClock(now)];
    if (compared !== before) process.stdout.write(text);
    before = compared;
  };
  return { show, done: () => {} };
}

/** The seconds of what runs change by themselves. */
function withoutClock({ documents }: Status): string {
  return toJson(
    documents.map((document) =>
      JSON.parse(toJson(document), (key, value) => (key === 'seconds' ? undefined : value)),
    ),
  );
}

function size(all = false): { width: number; rows: number } {
  const { rows } = terminalSize(process.stdout);
  const unlimited = !process.stdout.isTTY || all;
  return { width: outputWidth(), rows: unlimited ? Number.POSITIVE_INFINITY : Math.max(5, rows - 6) };
}
