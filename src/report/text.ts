/** A title for Vega, which takes some single words for its own: the space is not drawn. */
export const title = (text: string): string => (/^[\w$]+$/.test(text) ? `${text} ` : text);

/** Finite, and so that a difference of two is finite too. */
export const isDrawable = (value: number): boolean => Math.abs(value) < 1e300;

/** A value as it is drawn: null for what cannot be, 0 for what an axis could not divide. */
export function drawn(value: number): number | null {
  if (!isDrawable(value)) return null;
  return Math.abs(value) < 1e-300 ? 0 : value;
}
