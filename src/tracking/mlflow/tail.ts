import { nextLines } from '../../base/lines.ts';
import { type Event, EventDecoder, eventsFile } from '../../record/index.ts';

/** Reads a run's events in pieces, each from where the one before ended. */
export class EventTail {
  private readonly file: string;
  private readonly decoder: EventDecoder;

  constructor(runDir: string) {
    this.file = eventsFile(runDir);
    this.decoder = new EventDecoder(this.file);
  }

  /**
   * Some of the events from a position in bytes on, and the position after them: about a megabyte of lines at once. With `last`, a line
   * without its end counts where it is whole. A file that is shorter than the position is read from its start.
   */
  async next(position: number, { last }: { last: boolean }): Promise<{ events: Event[]; position: number }> {
    const { lines, rest, position: after } = await nextLines(this.file, position);
    const events = lines.flatMap((line) => this.decoder.decode(line));
    const ending = last && rest ? this.decoder.decode(rest) : [];
    if (ending.length > 0) return { events: [...events, ...ending], position: rest!.end };
    return { events, position: after };
  }
}
