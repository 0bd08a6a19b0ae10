import { FacecomError } from '../../base/errors.ts';

/** A whole number or a fraction of the command line, or an error that names the option. */
export function numberOption(
  name: string,
  text: string,
  { low, high, whole = true }: { low: number; high: number; whole?: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= low && value <= high) || (whole && !Number.isInteger(value)))
    throw new FacecomError('option-value', `--${name} is out of range.`, {
      found: text,
      expected: `a ${whole ? 'whole ' : ''}number from ${low} to ${high}`,
      exitCode: 2,
    });
  return value;
}
