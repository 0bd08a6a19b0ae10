import { broken, type Rule } from './rule.ts';

/** Phases fill the training; those that begin after its end are reported. */
export const phases: Rule = {
  reads: ['train', 'trainer'],
  check({ train: { phases: parts, epochs }, trainer }) {
    if (trainer.command !== undefined || parts.length === 0) return [];
    const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, phase) => sum + phase.epochs, 0));
    const late = starts.filter((start) => start >= epochs).length;
    if (late === 0) return [];
    const total = parts.reduce((sum, phase) => sum + phase.epochs, 0);
    return broken(
      'rule-phases',
      ['train', 'epochs'],
      `train.epochs ends the training before ${late === 1 ? 'the last phase' : `the last ${late} phases`}.`,
      { found: `${epochs} epochs, phases of ${total}`, expected: `${total} epochs`, warning: true },
    );
  },
};
