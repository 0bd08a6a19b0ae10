import * as tf from '@tensorflow/tfjs-core';
import { FacecomError } from '../../base/errors.ts';
import { BACKEND_NAME, type KernelBackend, registerKernels } from '../native/kernels.ts';
import { DataType } from '../native/library.ts';
import { SwitchBinding } from '../native/switch-binding.ts';
import type { StepFunction, StepInput, Variable } from '../runtime.ts';
import { TraceContext } from './context.ts';
import { type Trace, typeAttribute, type Value } from './ir.ts';
import type { ShapeInference } from './trace-binding.ts';

/** The name under which the run's seed and the step are inputs of a trace: int32, [2]. */
export const SEED = 'facecom/seed';

export const inputTypes = { float32: DataType.FLOAT, int32: DataType.INT32, uint8: DataType.UINT8 } as const;

export interface Tracer {
  binding: SwitchBinding;
  kernels: KernelBackend;
}

let tracer: Tracer | undefined;

/** tfjs's backend that records, registered once a process (it is tfjs's global state) and made the current one. */
export function openTracer(): Tracer {
  if (!tracer) {
    const binding = new SwitchBinding();
    tracer = { binding, kernels: registerKernels(binding) };
  }
  tf.setBackend(BACKEND_NAME);
  return tracer;
}

/** Runs a step's function once over tensors that stand for its inputs, and returns what it did. */
export function traceStep(
  { binding, kernels }: Tracer,
  shapes: ShapeInference,
  { name: step, fn }: { name: string; fn: StepFunction },
  inputs: Record<string, Omit<StepInput, 'values'>>,
): { trace: Trace; variables: Set<Variable> } {
  return binding.trace(shapes, (trace) => {
    const seed = trace.placeholder(SEED, [2], DataType.INT32);
    const context = new TraceContext(trace, kernels, seed);
    const outputs = new Map<string, Value>();
    tf.tidy(() => {
      const tensors: Record<string, tf.Tensor> = {};
      for (const [name, { shape, dtype }] of Object.entries(inputs)) {
        let value = trace.placeholder(name, [...shape], inputTypes[dtype]);
        if (dtype === 'uint8') {
          const cast = [typeAttribute('SrcT', DataType.UINT8), typeAttribute('DstT', DataType.FLOAT)];
          value = trace.node('Cast', cast, [value]).outputs[0]!;
        }
        tensors[name] = context.tensor(value);
      }
      const found: unknown = fn(tensors, context);
      if (found instanceof Promise) {
        // It may fail on a value that is not there: that is told here.
        found.catch(() => {});
        throw new FacecomError('trace-async', `The step ${step} is an async function.`, {
          found: 'a promise in place of its outputs',
          expected: 'a function that only builds tensors and gives them back at once',
          remedy: 'Await nothing in it: return tensors as outputs and read them after the run.',
        });
      }
      for (const [name, tensor] of Object.entries(found as Record<string, tf.Tensor>)) {
        if (!(tensor instanceof tf.Tensor)) {
          throw new FacecomError('trace-output', `The output ${name} of the step ${step} is not a tensor.`);
        }
        outputs.set(name, context.value(tensor));
      }
    });
    context.dispose();
    return { trace: trace.finish(outputs), variables: context.variables };
  });
}

/** What tells the shapes of a step's inputs apart. */
export const shapesKey = (inputs: Record<string, Omit<StepInput, 'values'>>): string =>
  JSON.stringify(Object.entries(inputs).map(([name, { shape, dtype }]) => [name, dtype, shape]));
