import { handlesOf, type Node, type Trace, type Value, writersOf } from '../graph/ir.ts';
import { ruleOf } from './ops/index.ts';

/**
 * The ops that outputs and effects need, inputs before their users. Effects come as early as they can: an optimizer's update as soon
 * as its gradient is there and the old weight is no longer read, so that few gradients are held at a time. A variable is changed in
 * place, after all ops that use what was read of it before.
 */
export function schedule(trace: Trace): Node[] {
  const before = readersBeforeWrites(trace);
  const dependencies = (node: Node): Node[] => [
    ...node.inputs.flat().map((value) => value.node),
    ...node.control,
    ...(before.get(node) ?? []),
  ];
  const depths = depthsOf(trace.nodes);
  const roots = [...trace.effects, ...[...trace.outputs.values()].map(({ node }) => node)];
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  for (const root of [...roots].sort((a, b) => depths.get(a)! - depths.get(b)!))
    visit(root, dependencies, state, order);
  return order;
}

function visit(
  root: Node,
  dependencies: (node: Node) => Node[],
  state: Map<Node, 'open' | 'done'>,
  order: Node[],
): void {
  const stack = [{ node: root, rest: dependencies(root), at: 0 }];
  if (state.has(root)) return;
  state.set(root, 'open');
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const next = top.rest[top.at++];
    if (next === undefined) {
      state.set(top.node, 'done');
      order.push(top.node);
      stack.pop();
      continue;
    }
    const seen = state.get(next);
    if (seen === 'done') continue;
    if (seen === 'open')
      throw new Error(`A variable is changed by ${top.node.op} before ${next.op}, which reads what it was.`);
    state.set(next, 'open');
    stack.push({ node: next, rest: dependencies(next), at: 0 });
  }
}

/** Longest path from a source. */
function depthsOf(nodes: readonly Node[]): Map<Node, number> {
  const depths = new Map<Node, number>();
  for (const node of nodes) {
    let depth = 0;
    for (const value of node.inputs.flat()) depth = Math.max(depth, (depths.get(value.node) ?? 0) + 1);
    for (const other of node.control) depth = Math.max(depth, (depths.get(other) ?? 0) + 1);
    depths.set(node, depth);
  }
  return depths;
}

/** For each op that changes a variable, the ops that use what was read before. */
function readersBeforeWrites(trace: Trace): Map<Node, Node[]> {
  const users = new Map<Value, Node[]>();
  for (const node of trace.nodes)
    for (const value of node.inputs.flat()) users.set(value, [...(users.get(value) ?? []), node]);
  const writes = writersOf(trace);
  const found = new Map<Node, Node[]>();
  for (const read of trace.nodes) {
    if (read.op !== 'ReadVariableOp') continue;
    const list = writes.get(handlesOf(read)[0]!) ?? [];
    const last = Math.max(-1, ...read.control.map((node) => list.indexOf(node)));
    const next = list[last + 1];
    if (!next) continue;
    const readers = found.get(next) ?? [];
    found.set(next, readers);
    readers.push(read);
    for (const user of usersOf(read.outputs[0]!, users)) if (user !== next) readers.push(user);
  }
  return found;
}

/** Ops that use a value or a view of it. */
function usersOf(value: Value, users: ReadonlyMap<Value, Node[]>): Node[] {
  return (users.get(value) ?? []).flatMap((user) =>
    ruleOf(user.op)?.view ? [user, ...user.outputs.flatMap((next) => usersOf(next, users))] : [user],
  );
}
