import { DataType } from '../../native/library.ts';
import { type Argument, type Attribute, type Node, type Trace, typeAttribute, type Value } from '../ir.ts';
import type { RewriteOptions } from './options.ts';
import { type Emitter, rewrite } from './rewrite.ts';

/** Products and convolutions: computed in bfloat16, accumulated in float32 by the library. */
const products = new Set([
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
  'MatMul',
  'BatchMatMulV2',
]);

/** Passes over activations: they stay in bfloat16 where each of these inputs (all, where not said) is in it already. */
const followers = new Map<string, number[] | undefined>([
  ['Relu', undefined],
  ['BiasAdd', [0]],
  ['ReluGrad', [1]],
  ['Add', undefined],
  ['AddV2', undefined],
  ['AddN', undefined],
  ['Reshape', undefined],
  ['Transpose', undefined],
  ['Slice', undefined],
  ['StridedSlice', undefined],
  ['ConcatV2', undefined],
  ['ExtractImagePatches', undefined],
  ['Pad', undefined],
  ['PadV2', [0]],
  ['MaxPool', undefined],
  ['MaxPoolGrad', [0, 1]],
  ['FusedBatchNormV3', [0]],
  ['FusedBatchNormGradV3', [1]],
]);

/** Inputs that stay in float32: scale, offset and statistics of batch normalisation. */
const normalisations = new Map([
  ['FusedBatchNormV3', 1],
  ['FusedBatchNormGradV3', 2],
]);

/**
 * Mixed precision (Micikevicius et al., 2018), with bfloat16 in place of float16, so that no loss scaling is needed: products,
 * convolutions and the passes between them in bfloat16; weights, their gradients' use, statistics and losses in float32.
 */
export function bfloat16(trace: Trace, { precision }: RewriteOptions): Trace {
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
      if (isLow(node)) {
        const kept = normalisations.get(node.op);
        const inputs = castAll(node.inputs, DataType.BFLOAT16, emit, kept);
        const outputs = node.outputs.map(({ shape, dtype }, i) => ({
          shape,
          dtype: dtype === DataType.FLOAT && (kept === undefined || i === 0) ? DataType.BFLOAT16 : dtype,
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

function isLow(node: Node): boolean {
  if (products.has(node.op)) return node.outputs[0]!.dtype === DataType.FLOAT;
  if (!followers.has(node.op)) return false;
  const watched = followers.get(node.op);
  const inputs = watched ? watched.map((i) => node.inputs[i]!) : node.inputs;
  const floats = inputs.flat().filter(isFloat);
  return floats.length > 0 && floats.every((value) => value.dtype === DataType.BFLOAT16);
}

/** The type of the op's activations: `T`. */
const lowType = (attribute: Attribute): Attribute =>
  attribute.name === 'T' && attribute.value === DataType.FLOAT
    ? typeAttribute('T', DataType.BFLOAT16)
    : attribute;
