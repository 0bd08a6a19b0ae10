import { isRecord } from '../base/objects.ts';
import type { Path } from '../spec/index.ts';
import { ABSENT, type Assignment, type Axis } from './space.ts';

export interface Assigned {
  /** The spec with the axes' values; shares what no axis touches. */
  partial: Record<string, unknown>;
  /** Sections of the spec that an axis touched. */
  sections: Set<string>;
  /** An axis whose place does not exist in this trial, and why. */
  unreachable?: { axis: Axis; why: string };
}

const byDepth = new WeakMap<readonly Axis[], readonly Axis[]>();

/** Axes of whole objects come before the axes of keys in them. */
function shallowFirst(axes: readonly Axis[]): readonly Axis[] {
  let sorted = byDepth.get(axes);
  if (!sorted) {
    sorted = [...axes].sort((a, b) => a.path.length - b.path.length || a.index - b.index);
    byDepth.set(axes, sorted);
  }
  return sorted;
}

/** The spec with the values of a point put in; axes that are absent, or not chosen yet, leave it as it is. */
export function assign(
  partial: Record<string, unknown>,
  axes: readonly Axis[],
  assignment: Assignment,
): Assigned {
  const result: Assigned = { partial: { ...partial }, sections: new Set() };
  const own: object[] = [];
  for (const axis of shallowFirst(axes)) {
    const value = assignment[axis.index];
    if (value === ABSENT || value === undefined) continue;
    result.sections.add(String(axis.path[0]));
    const why = put(result.partial, axis.path, value, own);
    if (why) result.unreachable ??= { axis, why };
  }
  return result;
}

/** Sets a value at a path, copying what is not this trial's own on the way. Returns a sentence where the path leads nowhere. */
function put(root: Record<string, unknown>, path: Path, value: unknown, own: object[]): string | undefined {
  let current: Record<string | number, unknown> = root;
  for (let i = 0; i < path.length - 1; i++) {
    const key = path[i]!;
    let next = current[key];
    const wantsItem = typeof path[i + 1] === 'number';
    if (wantsItem) {
      if (!Array.isArray(next))
        return `${path.slice(0, i + 1).join('.')} is ${next === undefined ? 'not set' : 'no list'} here`;
      if ((path[i + 1] as number) >= next.length)
        return `${path.slice(0, i + 1).join('.')} has ${next.length} items here, counted from 0`;
    } else if (next !== undefined && !isRecord(next))
      return `${path.slice(0, i + 1).join('.')} is no map here`;
    if (next === undefined) next = {};
    else if (!own.includes(next as object)) next = Array.isArray(next) ? [...next] : { ...(next as object) };
    if (next !== current[key]) {
      own.push(next as object);
      current[key] = next;
    }
    current = next as Record<string | number, unknown>;
  }
  const last = path.at(-1)!;
  // As in a spec: null takes the key away, and its default is what is left.
  if (value === null && !Array.isArray(current)) delete current[last];
  else current[last] = value;
  return undefined;
}
