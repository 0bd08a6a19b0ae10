"""Writes one self-contained page with Optuna's plots of a sweep: report_optuna.py SWEEP_FOLDER PAGE"""
import json
import sys
from pathlib import Path

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.trial import TrialState, create_trial
from optuna.visualization import (
    plot_intermediate_values,
    plot_optimization_history,
    plot_parallel_coordinate,
    plot_param_importances,
    plot_slice,
)

optuna.logging.set_verbosity(optuna.logging.ERROR)
folder, page = Path(sys.argv[1]), Path(sys.argv[2])
space = {
    "optimizer.lr": FloatDistribution(1e-5, 0.1, log=True),
    "optimizer.weight_decay": FloatDistribution(1e-6, 0.01, log=True),
    "loss.alpha": FloatDistribution(0, 1),
    "model.heads.identity.dropout": FloatDistribution(0, 0.7),
    "model.backbone": CategoricalDistribution(("resnet18", "resnet34", "resnet50", "vgg16")),
    "train.batch_size": IntDistribution(8, 64, step=8),
}
study = optuna.create_study(direction="maximize")
for trial in json.loads((folder / "sweep.json").read_text())["trials"]:
    events = [json.loads(line) for line in open(folder / f"{trial['id']}-1" / "events.jsonl")]
    last = events[-1]
    curve = {e["epoch"]: e["values"]["val/combined"] for e in events if e["type"] == "metric"}
    finished = last["type"] == "finished"
    study.add_trial(
        create_trial(
            params=trial["axes"],
            distributions=space,
            value=last["metrics"]["val/combined"] if finished else None,
            intermediate_values=curve,
            state=TrialState.COMPLETE if finished else TrialState.FAIL,
        )
    )
figures = [
    plot_optimization_history(study),
    plot_parallel_coordinate(study),
    plot_param_importances(study, evaluator=PedAnovaImportanceEvaluator()),
    plot_slice(study),
    plot_intermediate_values(study),
]
parts = [figure.to_html(full_html=False, include_plotlyjs=i == 0) for i, figure in enumerate(figures)]
page.write_text("<!doctype html><meta charset=utf-8><title>sweep</title>" + "".join(parts))
