import { readFileSync, realpathSync, statSync } from 'node:fs';
import { FacecomError } from '../base/errors.ts';
import { writeAside } from '../base/files.ts';
import type { Problem } from './problem.ts';
import { readTree } from './read.ts';

/** An edit that was made. */
export interface AppliedFix {
  /** As the problem names it. */
  file: string;
  /** 1-based, before the edit. */
  line: number;
  column: number;
  from: string;
  to: string;
}

/**
 * Makes the edits of the problems that have one, in the files themselves: comments, layout and all else stay as they are. A file whose
 * YAML an edit would break is left alone. Returns what was changed; throws FacecomError `fix-write` where a file cannot be written.
 */
export function applyFixes(problems: readonly Problem[]): AppliedFix[] {
  const byFile = new Map<string, Array<Problem & { fix: NonNullable<Problem['fix']> }>>();
  for (const problem of problems) {
    const { fix } = problem;
    if (!fix) continue;
    const list = byFile.get(fix.path) ?? [];
    // Two problems of one place have the same edit, or none that is sure.
    if (!list.some((other) => other.fix.start < fix.end && fix.start < other.fix.end))
      list.push({ ...problem, fix });
    byFile.set(fix.path, list);
  }
  return [...byFile].flatMap(([path, list]) => fixFile(path, list));
}

function fixFile(
  path: string,
  problems: Array<Problem & { fix: NonNullable<Problem['fix']> }>,
): AppliedFix[] {
  const before = readFileSync(path, 'utf8');
  const applied: AppliedFix[] = [];
  let text = before;
  for (const { fix, file, line, column } of [...problems].sort((a, b) => b.fix.start - a.fix.start)) {
    const from = before.slice(fix.start, fix.end);
    const to = asWritten(from, fix.text);
    text = text.slice(0, fix.start) + to + text.slice(fix.end);
    applied.unshift({ file, line, column, from, to });
  }
  if (text === before || yamlProblems(text) > yamlProblems(before)) return [];
  write(path, text);
  return applied;
}

/** Text that was quoted stays quoted, unless it stands for a number, true or false. */
function asWritten(from: string, to: string): string {
  const quote = from[0];
  const quoted = (quote === '"' || quote === "'") && from.at(-1) === quote && from.length > 1;
  return quoted && !/^(?:true|false|"|[-+.\d])/.test(to) ? `${quote}${to}${quote}` : to;
}

function yamlProblems(text: string): number {
  const problems: Problem[] = [];
  readTree({ kind: 'file', name: '', text }, problems);
  return problems.length;
}

/** A link stays a link. */
function write(path: string, text: string): void {
  try {
    const target = realpathSync(path);
    writeAside(target, text, { mode: statSync(target).mode });
  } catch (error) {
    throw new FacecomError('fix-write', `The spec cannot be written: ${(error as Error).message}`, {
      place: { file: path },
      remedy: 'Change its permissions, or make the edits by hand.',
      exitCode: 2,
      cause: error,
    });
  }
}
