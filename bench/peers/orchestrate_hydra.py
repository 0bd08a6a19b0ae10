"""No-op jobs with Hydra's joblib launcher.

python orchestrate_hydra.py -m trial=range(0,N) hydra/launcher=joblib hydra.launcher.n_jobs=SLOTS hydra.sweep.dir=FOLDER +command=FILE
Each job runs `sh FILE` with FACECOM_RUN_DIR in its output folder, as facecom's trials do.
"""

import os
import subprocess

import hydra
from hydra.core.config_store import ConfigStore
from hydra.core.hydra_config import HydraConfig

ConfigStore.instance().store(name="config", node={"trial": 0})


@hydra.main(version_base=None, config_name="config")
def main(config):
    folder = HydraConfig.get().runtime.output_dir
    subprocess.run(["/bin/sh", config.command], env={**os.environ, "FACECOM_RUN_DIR": folder}, check=True)


if __name__ == "__main__":
    main()
