/** As in the record: JSON has neither NaN nor infinities. */
function encode(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** The JSON of a document of stdout. */
export const toJson = (document: object): string => JSON.stringify(document, encode);

/** Prints documents for programs, one per line. */
export function printJson(...documents: readonly object[]): void {
  process.stdout.write(documents.map((document) => `${toJson(document)}\n`).join(''));
}

/** Prints a line for people beside the results. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

export const warningLine = ({ code, message }: { code: string; message: string }): string =>
  `warning[${code}]: ${message}`;
