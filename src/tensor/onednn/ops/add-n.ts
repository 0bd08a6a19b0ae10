import type { Value } from '../../graph/ir.ts';
import { isFloat } from '../emitter.ts';
import { Algorithm } from '../library.ts';
import { binary } from './binary.ts';
import { elementwise, isWorthwhile } from './elementwise.ts';
import { type OpRule, output } from './rule.ts';

/** The sum of values of one shape. */
export const addN: OpRule = {
  low: { kind: 'follow' },
  infer: (node) => {
    const { shape, dtype } = (node.inputs[0] as Value[])[0]!;
    return [{ shape: [...shape], dtype }];
  },
  emit: (node, e) => {
    const values = node.inputs[0] as Value[];
    const target = output(node);
    const [first, ...rest] = values.map((value) => e.tensor(value));
    if (rest.length === 0 || !isFloat(target) || !isWorthwhile(target)) {
      elementwise(e, 'AddN', [first!, ...rest], e.output(target), (...all) => all.reduce((a, b) => a + b));
      return;
    }
    let sum = first!;
    for (const next of rest) {
      const step: Value = { ...target };
      binary(e, Algorithm.add, sum, next, step);
      sum = e.tensor(step);
    }
    e.define(target, sum);
  },
};
