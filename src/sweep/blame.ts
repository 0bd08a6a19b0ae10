import { startsWith } from '../base/objects.ts';
import { type PlacedFinding, show } from '../spec/index.ts';
import { ABSENT, type Assignment, type Space } from './space.ts';

interface Case {
  /** Trials that the finding breaks, and how many were looked at. */
  trials: number;
  tried: number;
  /** The first of them. */
  first: Assignment;
  space: Space;
  check(point: Assignment): PlacedFinding[];
}

/** A finding in expanded trials, put at the line of the sweep that caused it: the axis without which it would not be there. */
export function blame(finding: PlacedFinding, { trials, tried, first, space, check }: Case): PlacedFinding {
  const present = space.axes.filter((axis) => first[axis.index] !== ABSENT);
  const cause =
    present.filter((axis) => startsWith(finding.at, axis.path)).at(-1) ??
    present.find((axis) => {
      const without = [...first];
      without[axis.index] = ABSENT;
      return !check(without).some(({ code, path }) => code === finding.code && path === finding.path);
    });
  const values = present.map((axis) => `${axis.name}=${show(first[axis.index])}`).join(', ');
  const where = `in ${trials === tried ? 'every trial' : `${trials} of ${tried} trials`}, the first with ${values}`;
  const { fix: _, ...rest } = finding;
  const message = `${finding.message.replace(/\.$/, '')} (${where}).`;
  if (!cause) return { ...rest, message };
  // The axis itself is the key that is wrong here, whatever its value.
  if (finding.on === 'key' && finding.at.length === cause.path.length && startsWith(finding.at, cause.path))
    return {
      ...rest,
      at: cause.at,
      message,
      ...(rest.suggestion === undefined
        ? { remedy: 'Take the axis away, or say under sweep.when if it exists.' }
        : {}),
    };
  const k = cause.values.list?.indexOf(first[cause.index]) ?? -1;
  // The value of the axis where it is written out, with the rest of the path where it is a whole object.
  const at =
    k >= 0 && cause.valueAt ? [...cause.valueAt(k), ...finding.at.slice(cause.path.length)] : [...cause.at];
  const inside = startsWith(finding.at, cause.path);
  return {
    ...rest,
    at: inside ? at : k >= 0 && cause.valueAt ? cause.valueAt(k) : cause.at,
    on: inside ? finding.on : 'value',
    message,
    ...(inside && k >= 0 && finding.fix !== undefined ? { fix: finding.fix } : {}),
  };
}
