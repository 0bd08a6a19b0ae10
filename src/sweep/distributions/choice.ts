import type { Distribution } from './distribution.ts';
import { pickAt } from './quantise.ts';

/** Each value as likely as another; what a plain list is. */
export const choice: Distribution = {
  key: 'choice',
  quantised: false,
  values(list) {
    return { list, at: (u) => pickAt(list, u) };
  },
};
