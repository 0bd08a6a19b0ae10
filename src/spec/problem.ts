import type { ErrorCode } from '../base/error-codes.ts';
import { FacecomError } from '../base/errors.ts';
import { lineAndColumn } from '../base/positions.ts';
import { codeFrame } from './frame.ts';
import type { Span } from './source.ts';

/** One thing that is wrong in a spec, at its place. */
export interface Problem {
  /** Stable; docs/errors.md lists them. */
  code: ErrorCode;
  /** The file, or the flag, as it is shown to the user. */
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based, in characters. */
  column: number;
  /** Dotted path of the key at fault; '' for the document. */
  path: string;
  /** The rule and how it is broken, as a sentence. */
  message: string;
  found?: string;
  expected?: string;
  /** What was probably meant. */
  suggestion?: string;
  /** What to do, where no suggestion says it. */
  remedy?: string;
  /** Lines of the file around the place. */
  frame?: string;
  /** The edit that follows the suggestion: offsets in `file` and the text to put there; only where it is unambiguous. */
  fix?: { path: string; start: number; end: number; text: string };
}

/** What a check says; the place is added by `problemAt`. */
export type Finding = Omit<Problem, 'file' | 'line' | 'column' | 'frame' | 'fix'>;

/** A problem at a place of a source. */
export function problemAt(span: Span, finding: Finding, fix?: string): Problem {
  const { source, start, end } = span;
  const problem: Problem = {
    ...finding,
    file: source.name,
    ...lineAndColumn(source.text, start),
    frame: codeFrame(source.text, start, end),
  };
  if (fix !== undefined && source.path) problem.fix = { path: source.path, start, end, text: fix };
  return problem;
}

/** By file (in the order of their first problem), then line, column and path. */
export function sortProblems(problems: Problem[]): Problem[] {
  const order = [...new Set(problems.map(({ file }) => file))];
  return [...problems].sort(
    (a, b) =>
      order.indexOf(a.file) - order.indexOf(b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
}

/** A problem as `--json` prints it. */
export function plainProblem(problem: Problem): Omit<Problem, 'frame' | 'fix'> {
  const { code, file, line, column, path, message, found, expected, suggestion, remedy } = problem;
  return { code, file, line, column, path, message, found, expected, suggestion, remedy };
}

/** Problems of a spec: exit code 2, nothing was launched. */
export class SpecError extends FacecomError {
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    const sorted = sortProblems(problems);
    const first = sorted[0]!;
    super(first.code, first.message, {
      place: { file: first.file, line: first.line, column: first.column },
      found: first.found,
      expected: first.expected,
      remedy: first.remedy,
      exitCode: 2,
    });
    this.name = 'SpecError';
    this.problems = sorted;
  }
}

/** Problems as text for people: place, rule, code frame, found, expected, suggestion, remedy. */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return `${blocksOf(problems, 'error')}\n\n${count}. Nothing was launched.\n`;
}

/** Problems as text, one block each. */
export function blocksOf(problems: readonly Problem[], severity: 'error' | 'warning'): string {
  const blocks = problems.map((problem) => {
    const { code, file, line, column, message, frame, found, expected, suggestion, remedy } = problem;
    // A flag is one line, which is shown.
    const place = file.startsWith('--') ? file : `${file}:${line}:${column}`;
    const lines = [`${place}: ${severity}[${code}]: ${message}`];
    if (frame) lines.push(frame);
    if (found !== undefined) lines.push(`  found:    ${found}`);
    if (expected !== undefined) lines.push(`  expected: ${expected}`);
    if (suggestion !== undefined) lines.push(`  did you mean: ${suggestion}?`);
    if (remedy !== undefined) lines.push(`  remedy:   ${remedy}`);
    return lines.join('\n');
  });
  return blocks.join('\n\n');
}
