import type { BenchContext, Measured } from './context.ts';

/** Reports how often each fault was found: none is right. */
export function reportCounts(
  context: BenchContext,
  counts: Readonly<Record<string, number>>,
  { unit = 'cases', ...more }: Partial<Pick<Measured, 'unit' | 'rounds' | 'details'>>,
): void {
  for (const [name, ours] of Object.entries(counts))
    context.report({ case: name, ours, unit, better: 'lower', ...more });
}
