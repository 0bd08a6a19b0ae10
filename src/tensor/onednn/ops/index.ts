import { addN } from './add-n.ts';
import { batchNorm, batchNormGradient } from './batch-norm.ts';
import { biasAdd } from './bias-add.ts';
import { binaryRules } from './binary.ts';
import { convolution, convolutionFilterGradient, convolutionInputGradient } from './convolution.ts';
import { depthwise, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.ts';
import { applyAdam, applyMomentum, assign, assignAdd, assignSub } from './effects.ts';
import { batchMatMul, matMul } from './matmul.ts';
import { maxPool, maxPoolGradient } from './max-pool.ts';
import { statelessRandomUniform } from './random.ts';
import { reductionRules } from './reductions.ts';
import { relu, reluGradient } from './relu.ts';
import type { OpRule } from './rule.ts';
import { gather, oneHot, select } from './selection.ts';
import {
  cast,
  concatV2,
  expandDims,
  fillRule,
  identity,
  onesLike,
  pack,
  pad,
  padV2,
  reshape,
  slice,
  splitV,
  squeeze,
  stridedSlice,
  tile,
  transpose,
  zerosLike,
} from './shapes.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { constant, placeholder, readVariable, variableHandle } from './sources.ts';
import { unaryRules } from './unary.ts';

/** Every op of the engine, by its name in a trace: kernels of `src/tensor/ops` first, then TensorFlow's ops. */
export const rules = {
  FacecomBatchNorm: batchNorm,
  FacecomBatchNormGrad: batchNormGradient,
  FacecomBiasAdd: biasAdd,
  FacecomConv2D: convolution,
  FacecomConv2DInputGrad: convolutionInputGradient,
  FacecomConv2DFilterGrad: convolutionFilterGradient,
  FacecomDepthwiseConv2D: depthwise,
  FacecomDepthwiseConv2DInputGrad: depthwiseInputGradient,
  FacecomDepthwiseConv2DFilterGrad: depthwiseFilterGradient,
  FacecomMaxPool: maxPool,
  FacecomMaxPoolGrad: maxPoolGradient,
  FacecomRelu: relu,
  FacecomReluGrad: reluGradient,

  Placeholder: placeholder,
  Const: constant,
  VarHandleOp: variableHandle,
  ReadVariableOp: readVariable,
  AssignVariableOp: assign,
  AssignAddVariableOp: assignAdd,
  AssignSubVariableOp: assignSub,
  ResourceApplyAdam: applyAdam,
  ResourceApplyMomentum: applyMomentum,
  StatelessRandomUniform: statelessRandomUniform,

  ...binaryRules,
  ...unaryRules,
  ...reductionRules,
  AddN: addN,
  MatMul: matMul,
  BatchMatMulV2: batchMatMul,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  OneHot: oneHot,
  Select: select,
  SelectV2: select,
  GatherV2: gather,

  Cast: cast,
  ConcatV2: concatV2,
  ExpandDims: expandDims,
  Fill: fillRule,
  Identity: identity,
  OnesLike: onesLike,
  Pack: pack,
  Pad: pad,
  PadV2: padV2,
  Reshape: reshape,
  Slice: slice,
  SplitV: splitV,
  Squeeze: squeeze,
  StridedSlice: stridedSlice,
  Tile: tile,
  Transpose: transpose,
  ZerosLike: zerosLike,
} satisfies Record<string, OpRule>;

export type OpName = keyof typeof rules;

export const ruleOf = (op: string): OpRule | undefined => (rules as Record<string, OpRule>)[op];
