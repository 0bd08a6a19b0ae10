import { chooseConditions } from '../../../pixels/index.ts';
import { numberOption } from '../../terminal/number-option.ts';

/** The conditions of `--conditions`; none if it is left out. */
export async function namesOf(conditions: string | undefined): Promise<string[]> {
  if (conditions === undefined) return [];
  return (await chooseConditions(conditions, 'seven')).map(({ name }) => name);
}

/** The severities of `--severity`, each once. */
export function chooseSeverities(text: string): number[] {
  const values = (text === 'all' ? '1,2,3,4,5' : text)
    .split(',')
    .map((value) => numberOption('severity', value, { low: 1, high: 5 }));
  return [...new Set(values)].sort((a, b) => a - b);
}
