import { basename } from 'node:path';
import type { ErrorCode } from '../base/error-codes.ts';
import { plural } from '../base/format.ts';
import { type Line, lineNumber } from '../base/lines.ts';
import { decodeEvent, type LineProblem } from './decode-event.ts';
import type { Event } from './event.ts';

/** Kinds of problems that are reported each at its first line; the others are counted. */
const REPORTED = 10;

/**
 * Makes events of a record's lines. What is wrong with a line becomes a warning in its place, each kind once, at its first line; how
 * often it was so is reported at the end.
 */
export class EventDecoder {
  /** Lines that hold no event, values that were left out and times that are none. */
  problems = 0;
  private readonly file: string;
  private readonly kinds = new Set<string>();
  private readonly first: string[] = [];
  private time = 0;

  constructor(file: string) {
    this.file = file;
  }

  decode({ text, start, open }: Line): Event[] {
    const { event, problems } = decodeEvent(text);
    // Its writer has not come to the end of it.
    if (open && !event) return [];
    if (event) this.time = event.time;
    if (problems.length === 0) return event ? [event] : [];
    const warnings = problems.flatMap((problem) => this.report(problem, start) ?? []);
    return event ? [...warnings, event] : warnings;
  }

  /** How many problems there were, where more than those that were reported. */
  summary(): Event[] {
    const more = this.problems - this.first.length;
    if (more <= 0) return [];
    return [
      this.warning('record-line', `${basename(this.file)}: ${plural(more, 'more problem')} like these`),
    ];
  }

  /** What was wrong, as a part of a sentence; undefined if nothing was. */
  describe(): string | undefined {
    if (this.problems === 0) return undefined;
    return `${plural(this.problems, 'problem')} in ${basename(this.file)}: ${this.first.slice(0, 3).join('; ')}${this.problems > 3 ? '; …' : ''}`;
  }

  private report({ code, kind, message }: LineProblem, start: number): Event | undefined {
    this.problems++;
    if (this.kinds.has(kind) || this.kinds.size >= REPORTED) return undefined;
    this.kinds.add(kind);
    const text = `line ${lineNumber(this.file, start)} ${message}`;
    this.first.push(text);
    return this.warning(code, `${basename(this.file)}, ${text}`);
  }

  private warning(code: ErrorCode, message: string): Event {
    return { type: 'warning', time: this.time, code, message };
  }
}
