import { relative } from 'node:path';

/** What stands for a value that is not there. */
const NONE = '–';

/** A number with so many decimals: 0.8349 → 0.835; NaN and infinities by name. */
export function formatFixed(value: number | undefined, decimals = 3): string {
  if (value === undefined) return NONE;
  return Number.isFinite(value) ? value.toFixed(decimals) : String(value);
}

/** A number in up to four digits that count, with powers of ten if needed; NaN and infinities by name. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return NONE;
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-3) return value.toExponential(2).replace(/\.?0+e/, 'e');
  return size >= 100 ? value.toFixed(1) : size >= 10 ? value.toFixed(2) : value.toFixed(4);
}

/** As `formatNumber`, for what lies between 0 and 1: these two are as long as the values between them. */
export const formatScore = (value: number | undefined): string =>
  value === 0 || value === 1 ? value.toFixed(4) : formatNumber(value);

/** Seconds as 42 s, 3 min 05 s, 2 h 10 min; with `tenths` what is below ten as 4.2 s. */
export function formatDuration(seconds: number | undefined, { tenths = false } = {}): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return NONE;
  if (tenths && seconds >= 0 && seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Bytes as 1.2 GB. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return NONE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

const factors = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Bytes of `4GB`, `512 MiB`, as the schema has them. */
export function parseBytes(size: string): number {
  const [, value, unit] = /^([0-9.]+) ?(MB|GB|MiB|GiB)$/.exec(size)!;
  return Number(value) * factors[unit as keyof typeof factors];
}

/** A time (ms since 1970) as 2026-11-25 09:35:36 UTC. */
export function formatTime(time: number | undefined): string {
  const date = new Date(time ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? NONE : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `1 run`, `2 runs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A path relative to the working folder, if it lies in it; else as it is. */
export function shownPath(path: string, cwd: string = process.cwd()): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || short === '' ? path : short;
}

/** A, B, … Z, and then by its number. */
export const letterOf = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : `#${index + 1}`;
