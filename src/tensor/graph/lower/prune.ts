import type { Node, Trace } from '../ir.ts';

/** Drops ops that no output and no effect needs, and puts the rest into an order in which inputs come first. */
export function prune(trace: Trace): Trace {
  const order: Node[] = [];
  const state = new Set<Node>();
  // Iterative: a ResNet's chain of ops is deeper than the call stack should be.
  const visit = (root: Node) => {
    const stack: Array<{ node: Node; entered: boolean }> = [{ node: root, entered: false }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.entered || state.has(top.node)) {
        stack.pop();
        if (top.entered) order.push(top.node);
        continue;
      }
      top.entered = true;
      state.add(top.node);
      for (const value of top.node.inputs.flat())
        if (!state.has(value.node)) stack.push({ node: value.node, entered: false });
      for (const node of top.node.control) if (!state.has(node)) stack.push({ node, entered: false });
    }
  };
  for (const node of trace.effects) visit(node);
  for (const value of trace.outputs.values()) visit(value.node);
  const kept = new Set(order);
  const inputs = new Map([...trace.inputs].filter(([, value]) => kept.has(value.node)));
  return { ...trace, nodes: order, inputs };
}
