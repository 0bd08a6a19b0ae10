import { csvCell } from '../../base/csv.ts';
import type { Dataset } from '../../data/index.ts';

/** Which side each image was on, as CSV: what data.split decided, kept in the record. */
export function splitTable(dataset: Pick<Dataset, 'train' | 'validation' | 'test'>): string {
  const lines = ['filename,split'];
  for (const side of ['train', 'validation', 'test'] as const)
    for (const name of dataset[side].names) lines.push(`${csvCell(name)},${side}`);
  return `${lines.join('\n')}\n`;
}
