"""Logs points of metrics with MLflow's Python client on request: mlflow_log.py URI. A line of JSON in, a line of JSON out."""

import json
import sys
import time

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric

client = MlflowClient(sys.argv[1])
experiment = client.create_experiment("bench-python")
print(json.dumps({"mlflow": mlflow.__version__}), flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    run = client.create_run(experiment).info.run_id
    points, batch = asked["points"], asked["batch"]
    started = time.perf_counter()
    if batch == 0:
        for i in range(points):
            client.log_metric(run, f"metric{i % 10}", i / 7, step=i // 10)
    else:
        now = int(time.time() * 1000)
        for first in range(0, points, batch):
            last = min(points, first + batch)
            client.log_batch(run, [Metric(f"metric{i % 10}", i / 7, now, i // 10) for i in range(first, last)])
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
