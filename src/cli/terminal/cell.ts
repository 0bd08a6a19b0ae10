/** A value of an axis in a table: at most `longest` characters. */
export function cell(value: unknown, longest = 32): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** A trial's value of an axis, or a dash if the trial does not have the axis. */
export const axisCell = (axes: Readonly<Record<string, unknown>>, axis: string, longest?: number): string =>
  Object.hasOwn(axes, axis) ? cell(axes[axis], longest) : '–';
