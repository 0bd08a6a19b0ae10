import type { ProgramLine } from '../runtime.ts';
import { Emitter, type Instruction } from './emitter.ts';

/** Instructions by kind and by what computes them, the most frequent first. */
export function describeProgram(instructions: readonly Instruction[]): ProgramLine[] {
  const lines = new Map<string, ProgramLine>();
  for (const instruction of instructions) {
    const { label, primitive, node } = instruction;
    const by = primitive?.implementation ?? 'JavaScript';
    const key = `${label}|${by}`;
    const line = lines.get(key) ?? { what: label, by, count: 0, values: 0 };
    lines.set(key, line);
    line.count++;
    const values = Math.max(0, ...(node?.outputs ?? []).map(({ shape }) => shape.reduce((a, b) => a * b, 1)));
    if (values < line.values) continue;
    line.values = values;
    const at = node && Emitter.line(node);
    if (at) line.at = at;
  }
  return [...lines.values()].sort((a, b) => b.count - a.count);
}
