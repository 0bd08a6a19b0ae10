import { type Node, scaledVariable, type Trace, type Value } from '../ir.ts';
import { rewrite } from './rewrite.ts';

/**
 * The scaled weight of an L2 penalty (gradient + weight × decay) is computed when the gradient is there. It needs nothing but
 * the weight, so TensorFlow would compute all of them as the step begins and hold a second copy of the model until its end.
 */
export function lateDecay(trace: Trace): Trace {
  const uses = new Map<Node, number>();
  for (const node of trace.nodes)
    for (const { node: source } of node.inputs.flat()) uses.set(source, (uses.get(source) ?? 0) + 1);
  for (const { node } of trace.outputs.values()) uses.set(node, 2);
  /** For each Mul, the node that must come first. */
  const waits = new Map<Node, Node>();
  for (const node of trace.nodes) {
    if (node.op !== 'Add' && node.op !== 'AddV2') continue;
    const [a, b] = node.inputs as [Value, Value];
    // An activation times a variable has to wait for the activation.
    for (const [gradient, scaled] of [
      [a, b],
      [b, a],
    ] as const)
      if (scaledVariable(scaled.node) && uses.get(scaled.node) === 1 && !scaledVariable(gradient.node))
        waits.set(scaled.node, gradient.node);
  }
  if (waits.size === 0) return trace;
  // The Mul now comes after the gradient: its place in the order is found again.
  const held = new Set(waits.keys());
  const after = new Map<Node, Node[]>();
  for (const [scaled, gradient] of waits) after.set(gradient, [...(after.get(gradient) ?? []), scaled]);
  const nodes: Node[] = [];
  for (const node of trace.nodes) {
    if (held.has(node)) continue;
    nodes.push(node);
    nodes.push(...(after.get(node) ?? []));
  }
  return rewrite(
    { ...trace, nodes },
    () => undefined,
    undefined,
    (node) => {
      const gradient = waits.get(node);
      return gradient ? [...node.control, gradient] : node.control;
    },
  );
}
