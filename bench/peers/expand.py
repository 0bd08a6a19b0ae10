"""Expansions of 10,000 trials: `expand.py product` by Hydra's basic sweeper, `expand.py grid FOLDER` with its check that each job
composes (BasicSweeper.validate_batch_is_legal), of which 100 are done and scaled; `expand.py random` by Optuna's random ask in memory.

Says that it is ready, then answers each line of its input with one line: {"seconds": s, "trials": n}.
"""

import json
import sys
import time


AXES = [
    "optimizer.lr=" + ",".join(f"{0.0001 + 0.0111 * k:.4f}" for k in range(10)),
    "loss.alpha=" + ",".join(f"{0.1 * (k + 1):.1f}" for k in range(10)),
    "train.batch_size=" + ",".join(str(8 * (k + 1)) for k in range(10)),
    "train.ema=" + ",".join(f"{0.1 * k:.1f}" for k in range(10)),
]


def split():
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser

    overrides = OverridesParser.create().parse_overrides(AXES)
    return [job for batch in BasicSweeper.split_arguments(overrides, None) for job in batch]


def product():
    return lambda: (len(split()), 1)


def grid():
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.types import RunMode

    initialize_config_dir(sys.argv[2], version_base=None)
    loader = GlobalHydra.instance().config_loader()
    master = loader.load_configuration("config", [], RunMode.MULTIRUN)

    def run():
        jobs = split()
        for job in jobs[:: len(jobs) // 100]:
            loader.load_sweep_config(master, list(job))
        return len(jobs), len(jobs) / 100

    return run


def random():
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {
        "optimizer.lr": optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True),
        "model.backbone": optuna.distributions.CategoricalDistribution(["resnet18", "resnet50"]),
        "train.batch_size": optuna.distributions.IntDistribution(8, 64, step=8),
        "loss.alpha": optuna.distributions.FloatDistribution(0, 0.5),
    }

    def run():
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        kept = 0
        while kept < 10_000:
            params = study.ask(space).params
            kept += not (params["model.backbone"] == "resnet50" and params["train.batch_size"] > 32)
        return kept, 1

    return run


run = {"product": product, "grid": grid, "random": random}[sys.argv[1]]()
print(json.dumps({"ready": True}), flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    trials, scale = run()
    print(json.dumps({"seconds": (time.perf_counter() - started) * scale, "trials": trials}), flush=True)
