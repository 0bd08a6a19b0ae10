import { plural } from '../../base/format.ts';
import type { SweepStart } from '../../operations/index.ts';
import { type Board, runLabel, type Work } from '../../orchestrator/index.ts';

/** What a sweep is about to do, for people. */
export function describePlan({ name, board, plan, slots, method }: SweepStart): string {
  const { work, kept, linked, failed, held, vanished } = plan;
  const resumed = work.filter(({ run }: Work) => run && run.starts > 0).length;
  const parts = [
    method === undefined ? plural(board.rows.length, 'trial') : searchText(method, board),
    ...(kept.size > 0 ? [`${kept.size} finished`] : []),
    ...(linked.size > 0 ? [`${linked.size} finished in other sweeps`] : []),
    ...(resumed > 0 ? [`${resumed} to resume`] : []),
    ...(failed.size > 0 ? [`${failed.size} failed (--failed runs them again)`] : []),
    ...(work.length > 0 ? [`${work.length} to run`] : []),
  ];
  const lines = held.map(({ dir }) => `${runLabel(name, dir)} is left to the process that runs it.`);
  lines.push(`sweep ${name}: ${parts.join(', ')}`);
  if (vanished.length > 0) {
    const names = vanished.slice(0, 5).map(({ trial, attempt }) => `${trial}-${attempt}`);
    const more = vanished.length > 5 ? `, … (${vanished.length} in all)` : '';
    lines.push(`not in the spec any more, and left as they are: ${names.join(', ')}${more}`);
  }
  if (work.length > 0 || method !== undefined) {
    const devices = [...new Set(slots.flatMap((slot) => slot.devices))].join(', ');
    const at = slots.length === 1 ? 'one at a time' : `${slots.length} at a time`;
    const { threads } = slots[0]!;
    lines.push(`${at} on ${devices}, ${threads === 1 ? '1 thread' : `${threads} threads`} each`);
  }
  return lines.join('\n');
}

/** `tpe, 3 of 40 trials so far`; without the 40 if time alone ends it. */
function searchText(method: string, { rows, total }: Board): string {
  const of = Number.isFinite(total) ? ` of ${total}` : '';
  return `${method}, ${rows.length}${of} trials so far`;
}
