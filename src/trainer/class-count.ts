/** Classes of a model for so many identities: two that nothing is learnt for where gender alone is labelled. */
export const classCount = (identities: readonly string[]): number => Math.max(2, identities.length);
