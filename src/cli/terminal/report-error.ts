import { FacecomError } from '../../base/errors.ts';
import { systemError } from '../../base/system-errors.ts';
import { formatProblems, plainProblem, SpecError } from '../../spec/index.ts';

/**
 * Prints an error and returns the exit code. A FacecomError, or an error of the system such as a full disk, is a user's to act on and
 * has no stack trace; anything else is a fault of the program and keeps it. With `json`, stdout gets one document `{"error": {code, message, …}}`; a spec's has all its
 * `problems`, too.
 */
export function reportError(thrown: unknown, json: boolean): number {
  const error = thrown instanceof FacecomError ? thrown : (systemError(thrown) ?? thrown);
  if (!(error instanceof FacecomError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (json)
      process.stdout.write(`${JSON.stringify({ error: { code: 'internal', message: String(error) } })}\n`);
    process.stderr.write(`facecom: internal error (please report it)\n${text}\n`);
    return 1;
  }
  const { code, message, place, found, expected, remedy } = error;
  const problems = error instanceof SpecError ? error.problems : undefined;
  if (json) {
    const document = {
      error: { code, message, place, found, expected, remedy },
      ...(problems ? { problems: problems.map(plainProblem) } : {}),
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
  if (problems) {
    process.stderr.write(formatProblems(problems));
    return error.exitCode;
  }
  const at = place?.file
    ? `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(':')}: `
    : '';
  const lines = [`error[${code}]: ${at}${message}`];
  if (found !== undefined) lines.push(`  found:    ${found}`);
  if (expected !== undefined) lines.push(`  expected: ${expected}`);
  if (remedy !== undefined) lines.push(`  remedy:   ${remedy}`);
  process.stderr.write(`${lines.join('\n')}\n`);
  return error.exitCode;
}
