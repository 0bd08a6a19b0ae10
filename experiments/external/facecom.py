"""What a trainer of one's own needs to be run by facecom: one file of Python's standard library, to copy beside your script.

    import facecom

    run = facecom.Run()                        # the run of FACECOM_RUN_DIR; on its own, a folder of its own below ./runs
    lr = run.config["optimizer"]["lr"]         # the resolved experiment
    margin = run.params.get("margin", 0.5)     # trainer.params
    for epoch in run.epochs(total=30):         # from 1, or after the epoch that was saved; ends when the run is to stop
        ...
        run.log({"train/loss": loss, "val/combined": score}, step=step, epoch=epoch)
        run.save(epoch, lambda folder: torch.save(state, folder / "state.pt"))
    run.finish({"test/combined": score})

`run.checkpoint` is the folder that `save` has filled last, or None. An exception is recorded as the reason of a failure.
"""

import json
import math
import os
import pathlib
import shutil
import signal
import sys
import time
import traceback


class Run:
    def __init__(self):
        folder = os.environ.get("FACECOM_RUN_DIR")
        self.dir = pathlib.Path(folder) if folder else _own_folder()
        config = self.dir / "config.json"
        self.config = json.loads(config.read_text(encoding="utf-8")) if config.exists() else {}
        self.params = self.config.get("trainer", {}).get("params", {})
        self.seed = self.config.get("seed", 0)
        self.artifacts = self.dir / "artifacts"
        self.artifacts.mkdir(parents=True, exist_ok=True)
        self.stopped = None
        self._over = False
        self._parent = os.getppid()
        signal.signal(signal.SIGTERM, self._on_signal)
        sys.excepthook = self._on_error

    # -- progress ----------------------------------------------------------------------------------------------------

    def epochs(self, total):
        """Epochs that are still to be trained, counted from 1. Ends early, after the epoch that runs, when the run is to stop."""
        first = self.epoch + 1
        for epoch in range(first, total + 1):
            yield epoch
            self._write("progress", stage="train", done=epoch, total=total, unit="epochs", epoch=epoch, epochs=total)
            if os.getppid() != self._parent:
                self.stopped = "the process that started this one has ended"
            if self.stopped and epoch < total:
                self._over = True
                self._write("stopped", reason=self.stopped)
                raise SystemExit(0)

    def log(self, values, step, epoch):
        """Metrics by name, such as train/loss, val/combined; numbers, tensors of one value included."""
        self._write("metric", step=step, epoch=epoch, values={name: _number(value) for name, value in values.items()})

    def warn(self, message, code="trainer"):
        self._write("warning", code=code, message=str(message))

    def artifact(self, path, kind="file"):
        """Tells of a file below `run.artifacts`."""
        self._write("artifact", path=os.path.relpath(path, self.dir).replace(os.sep, "/"), kind=kind)

    def finish(self, metrics):
        """The last event: the final scores."""
        self._over = True
        self._write("finished", metrics={name: _number(value) for name, value in metrics.items()})

    # -- checkpoints -------------------------------------------------------------------------------------------------

    @property
    def checkpoint(self):
        """The folder of the last checkpoint, or None."""
        last = self.dir / "checkpoints" / "last"
        return last if (last / "epoch.json").exists() else None

    @property
    def epoch(self):
        """The epoch that was saved last; 0 at the start."""
        last = self.checkpoint
        return json.loads((last / "epoch.json").read_text(encoding="utf-8"))["epoch"] if last else 0

    def save(self, epoch, write, score=None):
        """Saves a checkpoint: `write(folder)` writes into a new folder, which then takes the place of the last one."""
        parent = self.dir / "checkpoints"
        aside, old = parent / "last.tmp", parent / "last.old"
        for left in (aside, old):
            shutil.rmtree(left, ignore_errors=True)
        aside.mkdir(parents=True)
        write(aside)
        (aside / "epoch.json").write_text(json.dumps({"epoch": epoch}), encoding="utf-8")
        for path in aside.rglob("*"):
            if path.is_file():
                with open(path, "rb+") as file:
                    os.fsync(file.fileno())
        last = parent / "last"
        if last.exists():
            last.rename(old)
        aside.rename(last)
        shutil.rmtree(old, ignore_errors=True)
        self._write("checkpoint", path="checkpoints/last", **({} if score is None else {"score": _number(score)}))

    # -- the record --------------------------------------------------------------------------------------------------

    def _write(self, kind, **values):
        """Appends one event; a line that a crash tore is ended first."""
        with open(self.dir / "events.jsonl", "ab+") as file:
            if file.tell() > 0:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            event = {"type": kind, "time": round(time.time() * 1000), **values}
            file.write((json.dumps(event, allow_nan=False) + "\n").encode())
            file.flush()
            if kind in ("checkpoint", "finished", "stopped", "failed"):
                os.fsync(file.fileno())

    def _on_signal(self, number, _frame):
        self.stopped = signal.Signals(number).name

    def _on_error(self, kind, error, trace):
        traceback.print_exception(kind, error, trace)
        if self._over or issubclass(kind, KeyboardInterrupt):
            return
        failure = "oom" if kind is MemoryError or "out of memory" in str(error).lower() else "code"
        self._write("failed", code=kind.__name__, **{"class": failure}, message=str(error)[:2000] or kind.__name__)


def _number(value):
    """A number as the record holds it: NaN and the infinities are strings, for JSON has none."""
    value = float(value.item() if hasattr(value, "item") else value)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _own_folder():
    folder = pathlib.Path("runs") / pathlib.Path(sys.argv[0] or "script").stem / time.strftime("%Y%m%d-%H%M%S-1")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
