/** A number for people: up to four digits that count, powers of ten where they are needed, NaN and infinities by name. */
export function number(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, 'e');
  return size >= 100 ? value.toFixed(1) : size >= 10 ? value.toFixed(2) : value.toFixed(4);
}

/** Seconds as 4.2 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–';
  const two = (n: number) => String(n).padStart(2, '0');
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

export function bytes(size: number | undefined): string {
  if (size === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = size;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A time as 2026-11-25 09:35:36 UTC. */
export function moment(time: number | undefined): string {
  if (time === undefined) return '–';
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '–' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A title for Vega, which takes some single words for its own: the space is not drawn. */
export const title = (text: string): string => (/^[\w$]+$/.test(text) ? `${text} ` : text);

/** Finite, and so that a difference of two is finite too. */
export const isDrawable = (value: number): boolean => Math.abs(value) < 1e300;

/** A value as it is drawn: null for what cannot be, 0 for what an axis could not divide. */
export function drawn(value: number): number | null {
  if (!isDrawable(value)) return null;
  return Math.abs(value) < 1e-300 ? 0 : value;
}
