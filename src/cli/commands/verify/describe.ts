import { formatDuration, plural } from '../../../base/format.ts';
import type { Verification } from '../../../operations/index.ts';

type Difference = NonNullable<Verification['first']>;

/** A verification for people: the verdict first, then what differs, and what of the environment is another. */
export function describeVerification(result: Verification): string {
  const { run, verdict, steps, whole, tolerance, compared, first, tensor, changes, seconds } = result;
  const trained = whole ? `all of its ${plural(steps, 'step')}` : plural(steps, 'step');
  const lines = [
    `${run}, ${trained} trained again in ${formatDuration(seconds)}: ${verdicts[verdict](result)}.`,
    `Compared: ${plural(compared.losses, 'loss', 'losses')}, ${plural(compared.metrics, 'metric')}, ${plural(compared.tensors, 'tensor')} of its checkpoints.`,
  ];
  if (first)
    lines.push(line(verdict === 'different' ? 'first beyond the tolerance' : 'first unequal', first));
  if (tensor && tensor !== first) lines.push(line('first tensor', tensor));
  if (verdict === 'different' && tolerance > 0)
    lines.push(`The tolerance is ${tolerance}, relative; --tolerance changes it.`);
  for (const { what, recorded, now } of changes) lines.push(`${what}: recorded ${recorded}, now ${now}`);
  return lines.join('\n');
}

const verdicts: Record<Verification['verdict'], (result: Verification) => string> = {
  equal: () => 'equal to the bit',
  close: ({ tolerance, largest }) => `within ${tolerance} (largest difference ${largest.toExponential(1)})`,
  different: ({ first, tensor }) =>
    `differs at step ${first!.step}, ${first!.what}${tensor && tensor !== first ? ` and ${tensor.what}` : ''}`,
};

function line(title: string, { step, what, recorded, now, relative }: Difference): string {
  const values = `recorded ${recorded ?? 'nothing'}, now ${now ?? 'nothing'}`;
  const apart = Number.isFinite(relative) ? ` (${relative.toExponential(1)} relative)` : '';
  return `${title}: step ${step}, ${what}: ${values}${apart}`;
}
