import { isRecord } from '../base/objects.ts';

/**
 * Where a value came from, in words: `spec.yaml:3:5`, `--set train.epochs=3`, `environment DATA in spec.yaml:4:9`, `axis at sweep.yaml:7:3`,
 * `changed from 32 after a failure (oom)`. It is read from a record: what is no origin gives an empty text.
 */
export function originText(origin: unknown): string {
  if (!isRecord(origin)) return '';
  const { kind } = origin;
  const place = placeText(origin);
  switch (kind) {
    case 'file':
    case 'flag':
      return place;
    case 'environment':
      return join('environment', word(origin.variable), place && `in ${place}`);
    case 'axis':
      return join(origin.axis === 'sweep.repeats' ? 'sweep.repeats' : 'axis', place && `at ${place}`);
    case 'retry':
      return join(
        `changed from ${JSON.stringify(origin.from) ?? '?'} after a failure`,
        bracketed(origin.class),
      );
    default:
      return word(kind);
  }
}

/** The flag as it was given, else `file:line:column`. */
function placeText({ flag, file, line, column }: Record<string, unknown>): string {
  if (flag !== undefined) return word(flag);
  return [file, line, column].map(word).filter(Boolean).join(':');
}

const word = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const bracketed = (value: unknown): string => (word(value) === '' ? '' : `(${word(value)})`);

const join = (...parts: string[]): string => parts.filter(Boolean).join(' ');
