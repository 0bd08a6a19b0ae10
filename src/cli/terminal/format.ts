/** 0.8349 → 0.835; NaN and infinities by name. */
export function number(value: number | undefined, digits = 3): string {
  if (value === undefined) return '–';
  return Number.isFinite(value) ? value.toFixed(digits) : String(value);
}

/** Seconds as 42 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** A bar of `width` characters for a fraction 0 … 1. */
export function bar(fraction: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
