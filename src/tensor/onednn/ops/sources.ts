import { attribute, type Node } from '../../graph/ir.ts';
import { DataType } from '../../native/library.ts';
import type { Emitter } from '../emitter.ts';
import { type Inferred, type OpRule, output } from './rule.ts';

const declared = (node: Node): Inferred[] => [
  {
    shape: Array.from(attribute<ArrayLike<number>>(node, 'shape') ?? []),
    dtype: attribute<number>(node, 'dtype')!,
  },
];

/** An input of the step: the program copies its values in. */
export const placeholder: OpRule = {
  infer: declared,
  emit: (node, e) => {
    e.output(output(node));
  },
};

export const constant: OpRule = {
  infer: (node) => [{ shape: [...node.constant!.shape], dtype: node.constant!.dtype }],
  emit: (node, e) => {
    const { shape, dtype, values } = node.constant!;
    // Many constants are shapes and axes, which rules read while they write the program.
    e.defer(output(node), () => e.constant(shape, dtype, Array.from(values, Number)));
  },
};

/** The name of a variable: the handle has no values. */
export const variableHandle: OpRule = {
  infer: () => [{ shape: [], dtype: DataType.RESOURCE }],
  emit: () => {},
};

export const variableOf = (handle: Node): string => attribute<string>(handle, 'shared_name')!;

export const readVariable: OpRule = {
  infer: (node) => {
    const handle = (node.inputs[0] as { node: Node }).node;
    return [
      {
        shape: Array.from(attribute<ArrayLike<number>>(handle, 'shape')!),
        dtype: attribute<number>(node, 'dtype')!,
      },
    ];
  },
  view: true,
  emit: (node, e: Emitter) => {
    const target = output(node);
    const variable = e.variable(variableOf((node.inputs[0] as { node: Node }).node));
    if (!e.isFetched(target)) {
      e.define(target, variable);
      return;
    }
    // An output is the value as it was when it was read.
    const flat = [variable.shape.reduce((a, b) => a * b, 1)];
    e.copy(e.view(variable, flat), e.view(e.output(target), flat));
  },
};
