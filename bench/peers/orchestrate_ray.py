"""No-op trials with Ray Tune: python orchestrate_ray.py FOLDER TRIALS SLOTS COMMAND.

Each trial runs `sh COMMAND` with FACECOM_RUN_DIR in its folder and reports one value, as facecom's trials do.
"""

import logging
import os
import subprocess
import sys

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_AIR_NEW_OUTPUT"] = "0"

import ray
from ray import tune

folder, trials, slots, command = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


def trainable(config):
    directory = tune.get_context().get_trial_dir()
    os.makedirs(directory, exist_ok=True)
    subprocess.run(["/bin/sh", command], env={**os.environ, "FACECOM_RUN_DIR": directory}, check=True)
    tune.report({"value": 0.5})


ray.init(num_cpus=slots, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
results = tune.Tuner(
    tune.with_resources(trainable, {"cpu": 1}),
    param_space={"trial": tune.grid_search(list(range(trials)))},
    tune_config=tune.TuneConfig(max_concurrent_trials=slots),
    run_config=tune.RunConfig(storage_path=folder, name="noop", verbose=0),
).fit()
assert len(results) == trials and not results.errors
ray.shutdown()
