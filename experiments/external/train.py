"""A trainer of one's own: everything that facecom asks of one, with Python's standard library only.

It fits a logistic regression to two clouds of points, so that there is something to train. What matters is the contract:

  - FACECOM_RUN_DIR names the run's folder; config.json there is the resolved experiment.
  - Every line appended to events.jsonl is one JSON object with a type and a time in milliseconds; the last is `finished`,
    `stopped` or `failed`. NaN and the infinities are strings there. (schemas/record-event.schema.json)
  - checkpoints/last is written aside and renamed; a run that was interrupted goes on from it.
  - SIGTERM, and the end of the process that started it: save, write `stopped`, exit 0.
  - `failed` may have a class (oom, nan, data, code, infrastructure), which decides whether the run is started again.
"""

import json
import math
import os
import random
import signal
import sys
import time

run_dir = os.environ["FACECOM_RUN_DIR"]
stopped = []


def main():
    with open(os.path.join(run_dir, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    signal.signal(signal.SIGTERM, lambda *_: stopped.append("SIGTERM"))
    parent = os.getppid()
    epochs, batch_size = config["train"]["epochs"], config["train"]["batch_size"]
    # SLOWLY makes an epoch take so many seconds: to watch a run, or to interrupt it.
    pause = float(os.environ.get("SLOWLY", "0"))

    points = make_points(config["seed"], 400)
    training, validation, test = points[:240], points[240:320], points[320:]
    state = load() or {"epoch": 0, "weights": [0.0, 0.0, 0.0], "best": None}
    if state["epoch"] > 0:
        print(f"goes on after epoch {state['epoch']}", flush=True)
    for epoch in range(state["epoch"] + 1, epochs + 1):
        # Drawn from the seed and the epoch: a continued run sees the points in the same order.
        order = random.Random(f"{config['seed']}/order/{epoch}").sample(training, len(training))
        for start in range(0, len(order), batch_size):
            step(state["weights"], order[start : start + batch_size], config["optimizer"]["lr"])
        scores = measure(state["weights"], validation, "val")
        if state["best"] is None or scores["val/combined"] > state["best"]["val/combined"]:
            state["best"] = scores
        state["epoch"] = epoch
        steps = epoch * math.ceil(len(training) / batch_size)
        # The record first: where a crash comes between the two, the epoch is trained again and told of twice, but not forgotten.
        write("metric", step=steps, epoch=epoch, values=scores)
        save(state)
        write("checkpoint", path="checkpoints/last/state.json", score=scores["val/combined"])
        write("progress", stage="train", done=epoch, total=epochs, unit="epochs", epoch=epoch, epochs=epochs,
              best=state["best"]["val/combined"])
        print(f"epoch {epoch}/{epochs}  val/combined {scores['val/combined']:.4f}", flush=True)
        time.sleep(pause)
        if os.getppid() != parent:
            stopped.append("the process that started this one has ended")
        if stopped and epoch < epochs:
            write("stopped", reason=stopped[0])
            print(f"stopped ({stopped[0]}): the run can be resumed", flush=True)
            return
    write("finished", metrics={**state["best"], **measure(state["weights"], test, "test")})


def make_points(seed, count):
    """Points (x, y, label) of two clouds that overlap."""
    draw = random.Random(seed)
    points = []
    for index in range(count):
        label = index % 2
        points.append((draw.gauss(label * 1.5, 1), draw.gauss(label, 1), label))
    return points


def probability(weights, x, y):
    z = weights[0] + weights[1] * x + weights[2] * y
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def step(weights, batch, rate):
    slope = [0.0, 0.0, 0.0]
    for x, y, label in batch:
        error = probability(weights, x, y) - label
        for index, value in enumerate((1, x, y)):
            slope[index] += error * value / len(batch)
    for index in range(3):
        weights[index] -= rate * slope[index]


def measure(weights, points, split):
    right = sum((probability(weights, x, y) > 0.5) == bool(label) for x, y, label in points)
    loss = -sum(math.log(max(1e-12, probability(weights, x, y) if label else 1 - probability(weights, x, y)))
                for x, y, label in points)
    return {f"{split}/combined": right / len(points), f"{split}/loss": loss / len(points)}


def write(kind, **values):
    """Appends one event; a line that a crash tore is ended first."""
    with open(os.path.join(run_dir, "events.jsonl"), "ab+") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        event = {"type": kind, "time": round(time.time() * 1000), **encode(values)}
        file.write((json.dumps(event, allow_nan=False) + "\n").encode())
        file.flush()
        if kind in ("checkpoint", "finished", "stopped", "failed"):
            os.fsync(file.fileno())


def encode(value):
    """NaN and the infinities as the record spells them: JSON has none."""
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def checkpoint_file():
    return os.path.join(run_dir, "checkpoints", "last", "state.json")


def load():
    try:
        with open(checkpoint_file(), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def save(state):
    os.makedirs(os.path.dirname(checkpoint_file()), exist_ok=True)
    aside = checkpoint_file() + ".tmp"
    with open(aside, "w", encoding="utf-8") as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, checkpoint_file())


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # whatever it was, the record says so
        kind = "oom" if isinstance(error, MemoryError) else "code"
        write("failed", code="external", **{"class": kind}, message=f"{type(error).__name__}: {error}")
        print(error, file=sys.stderr)
        sys.exit(1)
