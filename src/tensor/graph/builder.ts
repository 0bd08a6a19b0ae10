import { type AttributeSetters, setAttribute } from '../native/attributes.ts';
import { describeOp, isInferredAttribute } from '../native/binding.ts';
import { type CApi, DataType, type Output, type Pointer, Status } from '../native/library.ts';
import { newTensor } from '../native/memory.ts';
import type { Node, Value } from './ir.ts';

/** Writes traced ops into a TF_Graph. It owns neither the graph nor its ops (they live as long as the graph). */
export class GraphBuilder {
  private readonly api: CApi;
  private readonly graph: Pointer;
  private readonly prefix: string;
  private readonly status: Status;
  private readonly operations = new Map<Node, Pointer>();
  /** Ops by the names that TensorFlow calls them by in its errors. */
  readonly names = new Map<string, Node>();
  private readonly setters: AttributeSetters;
  private readonly devices = new Map<Node, number>();
  /** `CPU` or `GPU` where ops are placed by number; undefined leaves placing to TensorFlow. */
  private readonly kind: 'CPU' | 'GPU' | undefined;
  private count = 0;

  constructor(api: CApi, graph: Pointer, prefix: string, kind?: 'CPU' | 'GPU') {
    this.kind = kind;
    this.api = api;
    this.graph = graph;
    this.prefix = prefix;
    this.status = new Status(api);
    this.setters = {
      string: api.setAttrString,
      int: api.setAttrInt,
      ints: api.setAttrIntList,
      float: api.setAttrFloat,
      floats: api.setAttrFloatList,
      bool: api.setAttrBool,
      type: api.setAttrType,
      shape: api.setAttrShape,
    };
  }

  /** Adds an op whose inputs were added before it, and fills in the shapes and types of its outputs as TensorFlow infers them. */
  add(node: Node, inferOutputs: boolean): void {
    const { api, status } = this;
    const what = () => describe(node);
    const name = `${this.prefix}${node.op}_${this.count++}`;
    this.names.set(name, node);
    const description = api.newOperation(this.graph, node.op, name) as Pointer;
    for (const argument of node.inputs) {
      if (Array.isArray(argument)) {
        api.addInputList(
          description,
          argument.map((value) => this.output(value)),
          argument.length,
        );
      } else api.addInput(description, this.output(argument));
    }
    for (const before of node.control) api.addControlInput(description, this.operation(before));
    for (const attribute of node.attributes) {
      if (!isInferredAttribute(node.op, attribute.name)) setAttribute(this.setters, description, attribute);
    }
    if (this.kind !== undefined) api.setDevice(description, `/device:${this.kind}:${this.deviceOf(node)}`);
    if (node.constant) {
      const { shape, dtype, values } = node.constant;
      const tensor = newTensor(api, shape, dtype, values);
      api.setAttrTensor(description, 'value', tensor, status.pointer);
      api.deleteTensor(tensor);
      status.check(what);
    }
    const operation = api.finishOperation(description, status.pointer) as Pointer;
    status.check(what);
    this.operations.set(node, operation);
    if (inferOutputs) node.outputs = this.infer(node, operation);
  }

  /** Variables live on the first device; what lowering made is where its inputs are. */
  private deviceOf(node: Node): number {
    const inputs = node.inputs.flat();
    const variable = node.op === 'VarHandleOp' || inputs.some(({ dtype }) => dtype === DataType.RESOURCE);
    const device = variable
      ? 0
      : (node.device ?? inputs.reduce((most, value) => Math.max(most, this.devices.get(value.node) ?? 0), 0));
    this.devices.set(node, device);
    return device;
  }

  /** The TF_Output of a value whose op was added. */
  output(value: Value): Output {
    return { oper: this.operation(value.node), index: value.index };
  }

  operation(node: Node): Pointer {
    const operation = this.operations.get(node);
    if (operation === undefined)
      throw new Error(`The op ${node.op} is used before it was added to the graph.`);
    return operation;
  }

  dispose(): void {
    this.status.dispose();
    this.operations.clear();
  }

  private infer(node: Node, operation: Pointer): Value[] {
    const { api, status } = this;
    const outputs: Value[] = [];
    const count = api.operationNumOutputs(operation) as number;
    for (let index = 0; index < count; index++) {
      const output = { oper: operation, index };
      const rank = api.graphTensorNumDims(this.graph, output, status.pointer) as number;
      status.check(() => `the shape of output ${index} of ${describe(node)}`);
      const dims = new BigInt64Array(Math.max(rank, 0));
      if (rank > 0) {
        api.graphTensorShape(this.graph, output, dims, rank, status.pointer);
        status.check(() => `the shape of output ${index} of ${describe(node)}`);
      }
      // Some outputs (the reserve space of FusedBatchNormV3) have no static shape: they are only passed on.
      outputs.push({ node, index, shape: Array.from(dims, Number), dtype: api.outputType(output) as number });
    }
    return outputs;
  }
}

/** Describes a traced op with attributes and input shapes, and where in the source it was called. */
export function describe(node: Node): string {
  const shapes = node.inputs.flat().map((value) => value.shape);
  const at = sourceLine(node);
  return describeOp(node.op, node.attributes, shapes) + (at ? ` at ${at}` : '');
}

/** The folder of the bundle that holds this module; undefined if it runs from its source. */
const bundle = import.meta.url.endsWith('/graph/builder.ts')
  ? undefined
  : import.meta.url.slice(0, import.meta.url.lastIndexOf('/') + 1);

/**
 * The first line of the op's stack that is neither tfjs nor this folder: where the traced function called it. In a bundle, which holds
 * the built-in models too, that of a plugin; undefined if there is none.
 */
export function sourceLine(node: Node): string | undefined {
  const lines = node.origin?.stack?.split('\n') ?? [];
  for (const line of lines) {
    if (
      (bundle !== undefined && line.includes(bundle)) ||
      /node_modules|tfjs-core[\\/]src/.test(line) ||
      /src[\\/]tensor[\\/]((graph|native|onednn|ops)[\\/]|gradients)/.test(line)
    )
      continue;
    const found = /\(?((?:file:\/\/)?[^\s()]+:\d+:\d+)\)?$/.exec(line.trim());
    if (found) return found[1];
  }
  return undefined;
}
