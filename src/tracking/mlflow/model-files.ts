import { join } from 'node:path';
import { readJsonObject } from '../../base/files.ts';
import { isRecord } from '../../base/objects.ts';
import { modelFolder } from '../../record/index.ts';
import { type Artifact, describe, made } from './artifacts.ts';

/** Where MLflow has a model. */
export interface ModelPlace {
  run: string;
  /** Its id, on servers from version 3 on. */
  model?: string;
  /** Of the folder of the model. */
  uri: string;
}

export interface ModelFiles {
  files: Artifact[];
  /** MLflow's name for what can load it. */
  flavors: object;
}

const PYTHON = '3.10';
const requirements = ['mlflow', 'numpy', 'onnx', 'onnxruntime'];

/**
 * The files of an MLflow model (https://mlflow.org/docs/latest/ml/model) of a run's exported network: `mlflow.pyfunc.load_model` loads it,
 * and its `predict` takes images as uint8 [batch, side, side, 3] and returns gender, identity and embedding. Undefined if nothing was exported.
 */
export async function modelFiles(
  runDir: string,
  { run, model, uri }: ModelPlace,
  now: number,
): Promise<ModelFiles | undefined> {
  const folder = modelFolder(runDir);
  const card = readJsonObject(join(folder, 'model.json'));
  const own = await Promise.all(
    ['model.onnx', 'model.json'].map((name) => describe(join(folder, name), name)),
  );
  const shapes = card && shapesOf(card);
  if (!shapes || own.some((found) => found.length === 0)) return undefined;
  const flavors = {
    onnx: { code: null, data: 'model.onnx', onnx_version: '1.17.0', providers: ['CPUExecutionProvider'] },
    python_function: {
      data: 'model.onnx',
      env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
      loader_module: 'mlflow.onnx',
      python_version: PYTHON,
    },
  };
  const tensor = (name: string | undefined, dtype: string, shape: readonly number[]) => ({
    type: 'tensor',
    ...(name === undefined ? {} : { name }),
    'tensor-spec': { dtype, shape },
  });
  // JSON is YAML.
  const mlmodel = {
    artifact_path: uri,
    flavors,
    ...(model === undefined ? {} : { model_id: model }),
    model_size_bytes: own.flat().reduce((sum, { size }) => sum + size, 0),
    model_uuid: (model ?? run).replace(/^m-/, ''),
    run_id: run,
    saved_input_example_info: { artifact_path: 'input_example.json', type: 'ndarray' },
    signature: {
      // Without a name: `predict` then takes an array as it is.
      inputs: JSON.stringify([tensor(undefined, 'uint8', [1, shapes.side, shapes.side, 3])]),
      outputs: JSON.stringify([
        tensor('gender', 'float32', [1]),
        tensor('identity', 'float32', [1, shapes.identities]),
        tensor('embedding', 'float32', [1, -1]),
      ]),
      params: null,
    },
    utc_time_created: new Date(now).toISOString().replace('T', ' ').replace('Z', ''),
  };
  const yaml = (name: string, value: object) => made(name, `${JSON.stringify(value, null, 2)}\n`);
  return {
    files: [
      ...own.flat(),
      made('input_example.json', JSON.stringify([exampleImage(shapes.side)])),
      made('requirements.txt', `${requirements.join('\n')}\n`),
      yaml('python_env.yaml', {
        python: PYTHON,
        build_dependencies: ['pip'],
        dependencies: ['-r requirements.txt'],
      }),
      yaml('conda.yaml', {
        name: 'mlflow-env',
        channels: ['conda-forge'],
        dependencies: [`python=${PYTHON}`, 'pip', { pip: requirements }],
      }),
      // Last: a folder without it is no model.
      yaml('MLmodel', mlmodel),
    ],
    flavors,
  };
}

function shapesOf({
  input,
  outputs,
}: Record<string, unknown>): { side: number; identities: number } | undefined {
  const side = isRecord(input) ? input.size : undefined;
  const identity = isRecord(outputs) && isRecord(outputs.identity) ? outputs.identity.classes : undefined;
  if (!Number.isSafeInteger(side) || !Array.isArray(identity)) return undefined;
  return { side: side as number, identities: identity.length };
}

/** A gradient: what an input looks like, and no image of anybody. */
const exampleImage = (side: number): number[][][] =>
  Array.from({ length: side }, (_, y) =>
    Array.from({ length: side }, (_, x) => [Math.floor((255 * x) / side), Math.floor((255 * y) / side), 128]),
  );
