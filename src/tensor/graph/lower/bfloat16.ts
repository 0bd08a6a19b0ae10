import { DataType } from '../../native/library.ts';
import { type Argument, type Attribute, type Node, type Trace, typeAttribute, type Value } from '../ir.ts';
import type { RewriteOptions } from './options.ts';
import { type Emitter, rewrite } from './rewrite.ts';

/** What mixed precision makes of an op; the others compute in float32. */
export type LowRule =
  /** A product or convolution: computed in bfloat16, accumulated in float32 by the library. `float32`: so is its result. */
  | { kind: 'product'; float32?: boolean }
  /**
   * A pass over activations, which stays in bfloat16 where the inputs `watch` (all, where not said) are in it already. Inputs from
   * `keep` on, and outputs after the first, then stay in float32: scale, offset and statistics of batch normalisation.
   */
  | { kind: 'follow'; watch?: readonly number[]; keep?: number }
  /** Reads bfloat16 and gives float32. */
  | { kind: 'reads' }
  /** Takes either, as a cast does. */
  | { kind: 'any' };

const product: LowRule = { kind: 'product' };
const follow: LowRule = { kind: 'follow' };

/** Of TensorFlow's ops. */
const tensorflow: Record<string, LowRule | undefined> = {
  Conv2D: product,
  Conv2DBackpropInput: product,
  Conv2DBackpropFilter: product,
  DepthwiseConv2dNative: product,
  DepthwiseConv2dNativeBackpropInput: product,
  DepthwiseConv2dNativeBackpropFilter: product,
  MatMul: product,
  BatchMatMulV2: product,
  Relu: follow,
  BiasAdd: { kind: 'follow', watch: [0] },
  ReluGrad: { kind: 'follow', watch: [1] },
  Add: follow,
  AddV2: follow,
  AddN: follow,
  Reshape: follow,
  Transpose: follow,
  Slice: follow,
  StridedSlice: follow,
  ConcatV2: follow,
  ExtractImagePatches: follow,
  Pad: follow,
  PadV2: { kind: 'follow', watch: [0] },
  MaxPool: follow,
  MaxPoolGrad: { kind: 'follow', watch: [0, 1] },
  FusedBatchNormV3: { kind: 'follow', watch: [0], keep: 1 },
  FusedBatchNormGradV3: { kind: 'follow', watch: [1], keep: 2 },
};

/**
 * Mixed precision (Micikevicius et al., 2018), with bfloat16 in place of float16, so that no loss scaling is needed: products,
 * convolutions and the passes between them in bfloat16; weights, their gradients' use, statistics and losses in float32.
 */
export function bfloat16(
  trace: Trace,
  { precision }: RewriteOptions,
  ruleOf: (op: string) => LowRule | undefined = (op) => tensorflow[op],
): Trace {
  if (precision !== 'bfloat16') return trace;
  const casts = new Map<Value, Value>();
  const cast = (value: Value, dtype: number, emit: Emitter): Value => {
    if (value.dtype === dtype || !isFloat(value)) return value;
    const known = casts.get(value);
    if (known) return known;
    const attributes = [typeAttribute('SrcT', value.dtype), typeAttribute('DstT', dtype)];
    const found = emit.op('Cast', attributes, [value], { shape: value.shape, dtype });
    casts.set(value, found);
    // The way back is the value itself only where nothing was lost.
    if (dtype === DataType.FLOAT) casts.set(found, value);
    return found;
  };
  const castAll = (
    arguments_: Argument[],
    dtype: number,
    emit: Emitter,
    to = arguments_.length,
  ): Argument[] =>
    arguments_.map((argument, i) => {
      if (i >= to) return argument;
      return Array.isArray(argument)
        ? argument.map((value) => cast(value, dtype, emit))
        : cast(argument, dtype, emit);
    });
  return rewrite(
    trace,
    (node, emit) => {
      const rule = ruleOf(node.op);
      if (rule?.kind === 'reads' || rule?.kind === 'any') return undefined;
      if (rule && isLow(node, rule)) {
        const kept = rule.kind === 'follow' ? rule.keep : undefined;
        const float32 = rule.kind === 'product' && rule.float32;
        const inputs = castAll(node.inputs, DataType.BFLOAT16, emit, kept);
        const outputs = node.outputs.map(({ shape, dtype }, i) => ({
          shape,
          dtype:
            dtype === DataType.FLOAT && !float32 && (kept === undefined || i === 0)
              ? DataType.BFLOAT16
              : dtype,
        }));
        return emit.ops(node.op, node.attributes.map(lowType), inputs, outputs);
      }
      node.inputs = castAll(node.inputs, DataType.FLOAT, emit);
      return undefined;
    },
    (value, emit) => cast(value, DataType.FLOAT, emit),
  );
}

const isFloat = (value: Value) => value.dtype === DataType.FLOAT || value.dtype === DataType.BFLOAT16;

function isLow(node: Node, rule: LowRule): boolean {
  if (rule.kind === 'product') return node.outputs[0]!.dtype === DataType.FLOAT;
  const watched = rule.kind === 'follow' ? rule.watch : undefined;
  const inputs = watched ? watched.map((i) => node.inputs[i]!) : node.inputs;
  const floats = inputs.flat().filter(isFloat);
  return floats.length > 0 && floats.every((value) => value.dtype === DataType.BFLOAT16);
}

/** The type of the op's activations: `T`. */
const lowType = (attribute: Attribute): Attribute =>
  attribute.name === 'T' && attribute.value === DataType.FLOAT
    ? typeAttribute('T', DataType.BFLOAT16)
    : attribute;
