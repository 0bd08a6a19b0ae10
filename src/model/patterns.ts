import type { Parameter } from './layers.ts';

const HEADS = ['gender_head', 'identity_head'];

/** Whether a parameter's name is meant by a pattern: a part of the network, or a name in which * stands for any text. */
export function matches(pattern: string, name: string): boolean {
  const head = HEADS.find((part) => name.startsWith(`${part}.`));
  if (pattern === 'backbone') return head === undefined && !name.startsWith('balance.');
  if (pattern === 'heads') return head !== undefined;
  if (HEADS.includes(pattern)) return head === pattern;
  const text = pattern.startsWith('backbone.') && head === undefined ? pattern.slice(9) : pattern;
  const source = text
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(name);
}

/** Whether a parameter is of the backbone. */
export const isBackbone = ({ name }: Pick<Parameter, 'name'>): boolean => matches('backbone', name);

export const matchesAny = (patterns: readonly string[], { name }: Pick<Parameter, 'name'>): boolean =>
  patterns.some((pattern) => matches(pattern, name));
