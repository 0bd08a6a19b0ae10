"""Optuna's default TPE by ask and tell. One request a line, one answer a line:
{"open": {"axes": [...], "seed": n, "objectives": n}} → {}; {"tell": [losses] | null} → {"values": {axis: value}}, of the next trial;
{"time": {"told": n, "asks": n}} → {"seconds": s}, asks of a space with as many trials told."""

import json
import sys
import time
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


class Search:
    def __init__(self, axes, seed, objectives):
        self.axes = axes
        self.study = optuna.create_study(
            directions=["minimize"] * objectives, sampler=optuna.samplers.TPESampler(seed=seed)
        )
        self.trial = None

    def tell(self, losses):
        if losses is not None:
            self.study.tell(self.trial, losses)
        self.trial = self.study.ask()
        values = {}
        for axis in self.axes:
            when = axis.get("when")
            if when and values.get(when["axis"]) != when["is"]:
                continue
            values[axis["name"]] = suggest(self.trial, axis)
        return values


def suggest(trial, axis):
    name, kind = axis["name"], axis["kind"]
    if kind == "choice":
        return trial.suggest_categorical(name, axis["values"])
    low, high = axis["values"]
    if kind == "int":
        return trial.suggest_int(name, low, high)
    return trial.suggest_float(name, low, high, log=kind == "log_uniform")


def timed(axes, told, asks):
    search = Search(axes, 0, 1)
    number = 0
    losses = None
    for _ in range(told + 1):
        search.tell(losses)
        number += 1
        losses = [((number * 7919) % 1000) / 1000]
    started = time.perf_counter()
    for _ in range(asks):
        search.tell(None)
    return time.perf_counter() - started


print(json.dumps({"optuna": optuna.__version__}), flush=True)
search = None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        search = Search(**request["open"])
        answer = {}
    elif "time" in request:
        answer = {"seconds": timed(**request["time"])}
    else:
        answer = {"values": search.tell(request["tell"])}
    print(json.dumps(answer), flush=True)
