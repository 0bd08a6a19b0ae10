"""Reads runs with MLflow's own client and prints each as a line of JSON: read_back.py URI, an id a line on stdin."""

import json
import sys

from mlflow import MlflowClient

client = MlflowClient(sys.argv[1])


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
        "inputs": [d.dataset.digest for d in run.inputs.dataset_inputs],
    }


for line in sys.stdin:
    print(json.dumps(read(line.strip())), flush=True)
