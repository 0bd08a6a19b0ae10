"""The replaced program's recipe in PyTorch as jobs of Hydra's joblib launcher.

python sweep_hydra.py -m weights=0,1,2 seed=0,1,2 hydra/launcher=joblib hydra.launcher.n_jobs=SLOTS hydra.sweep.dir=FOLDER +requests=FOLDER
Each job trains as quality.py does what FOLDER/WEIGHTS-SEED.json asks for, and writes what that prints to FOLDER/WEIGHTS-SEED.out.
"""

import contextlib
import pathlib
import runpy
import sys
import time

import hydra
from hydra.core.config_store import ConfigStore

ConfigStore.instance().store(name="config", node={"weights": 0, "seed": 0})
SCRIPT = pathlib.Path(__file__).with_name("quality.py")


@hydra.main(version_base=None, config_name="config")
def main(config):
    job = pathlib.Path(config.requests) / f"{config.weights}-{config.seed}"
    sys.argv = [str(SCRIPT), f"{job}.json", str(time.time())]
    with open(f"{job}.out", "w", encoding="utf-8") as out, contextlib.redirect_stdout(out):
        runpy.run_path(str(SCRIPT), run_name="quality")


if __name__ == "__main__":
    main()
