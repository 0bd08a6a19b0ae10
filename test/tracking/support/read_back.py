"""Reads runs and models with MLflow's own client and prints each as a line of JSON: read_back.py URI, an id or models:/… a line on stdin."""

import json
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.models import Model

client = MlflowClient(sys.argv[1])
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_registry_uri(sys.argv[1])


def number(value):
    return value if value == value and abs(value) != float("inf") else str(value)


def files(run_id, path=None):
    for found in client.list_artifacts(run_id, path):
        if found.is_dir:
            yield from files(run_id, found.path)
        else:
            yield found.path


def content(run_id, path):
    with open(client.download_artifacts(run_id, path), "rb") as file:
        return file.read().decode("utf8", "replace")


def read(run_id):
    run = client.get_run(run_id)
    return {
        "status": run.info.status,
        "name": run.info.run_name,
        "params": run.data.params,
        "tags": run.data.tags,
        "metrics": {
            key: [[m.step, m.timestamp, number(m.value)] for m in client.get_metric_history(run_id, key)]
            for key in run.data.metrics
        },
        "artifacts": {path: content(run_id, path) for path in files(run_id)},
        "models": [m.step for m in run.outputs.model_outputs] if run.outputs else [],
        "inputs": [d.dataset.digest for d in run.inputs.dataset_inputs],
    }


def read_model(uri):
    folder = mlflow.artifacts.download_artifacts(uri)
    model = Model.load(folder)
    example = model.load_input_example(folder)
    return {
        "run": model.run_id,
        "inputs": [[t.name, str(t.type), list(t.shape)] for t in model.signature.inputs.inputs],
        "outputs": [t.name for t in model.signature.outputs.inputs],
        "example": [str(example.dtype), list(example.shape)],
        "flavors": sorted(model.flavors),
    }


for line in sys.stdin:
    asked = line.strip()
    print(json.dumps(read_model(asked) if asked.startswith("models:") else read(asked)), flush=True)
