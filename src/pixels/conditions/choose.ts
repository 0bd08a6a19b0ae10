import { FacecomError } from '../../base/errors.ts';
import type { Condition } from './index.ts';

/** The conditions that a comma-separated list names; `all` means those given. Throws `data-condition`. */
export async function chooseConditions(text: string, all: 'every' | 'seven'): Promise<readonly Condition[]> {
  const { badConditions, conditions } = await import('./index.ts');
  if (text.trim() === 'all') return all === 'every' ? conditions : badConditions;
  const chosen = new Set(
    text.split(',').map((name) => {
      const condition = conditions.find((one) => one.name === name.trim());
      if (condition) return condition;
      throw new FacecomError('data-condition', 'There is no such condition.', {
        found: name,
        expected: `${conditions.map((one) => one.name).join(', ')}, or all`,
        exitCode: 2,
      });
    }),
  );
  return [...chosen];
}
