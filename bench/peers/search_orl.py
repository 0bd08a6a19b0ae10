"""A search by Optuna with ASHA over trainings in PyTorch: the replaced program's heads, on ResNet-18 or on facecom's tiny backbone.

python search_orl.py REQUEST.json STARTED
REQUEST: {size, epochs, batch, weight_decay, warmup, seed, train, validation, trials, workers, min_epochs, reduction, lr, alpha,
augmentations, backbones, folder}; an image is {file, gender, identity}, `lr` and `alpha` are ranges. STARTED: time of the command, seconds.
Prints {"trial", "epoch", "combined", "seconds"} after each epoch, {"trials", "pruned", "seconds"} at the end. Each worker is a process.
"""

import json
import multiprocessing
import pathlib
import random
import sys
import time
import warnings

import albumentations as A
import cv2
import numpy
import optuna
import torch
import torchvision
from optuna.storages.journal import JournalFileBackend
from torch import nn

import replaced

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
request = json.load(open(sys.argv[1]))
started = float(sys.argv[2])
size = request["size"]
AUGMENTATIONS = {
    "none": [],
    "replaced-program": replaced.augmentation(),
    "light": [
        A.HorizontalFlip(p=0.5),
        A.Affine(scale=(0.95, 1.05), translate_percent=(-0.03, 0.03), rotate=(-5, 5), p=0.3),
        A.RandomBrightnessContrast(brightness_limit=0.1, contrast_limit=0.1, p=0.3),
    ],
}


def tiny():
    widths = [3, 16, 32, 64]
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Conv2d(before, after, 3, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), 64


def resnet18():
    backbone = torchvision.models.resnet18()
    backbone.fc = nn.Identity()
    return backbone, 512


BACKBONES = {"tiny": tiny, "resnet18": resnet18}


class Objective:
    def __init__(self):
        self.train, self.validation = request["train"], request["validation"]
        # Decoded once, as on the other side.
        self.pixels = [replaced.read(image, size) for image in self.train]
        self.seen = [replaced.read(image, size) for image in self.validation]
        self.gender = torch.tensor([float(image["gender"]) for image in self.train])
        self.identity = torch.tensor([image["identity"] for image in self.train])
        self.identities = 1 + max(image["identity"] for image in self.train + self.validation)
        self.bfloat16 = replaced.has_bfloat16()

    def __call__(self, trial):
        alpha = trial.suggest_float("alpha", *request["alpha"])
        lr = trial.suggest_float("lr", *request["lr"], log=True)
        augmentation = trial.suggest_categorical("augmentation", request["augmentations"])
        backbone = trial.suggest_categorical("backbone", request["backbones"])
        random.seed(request["seed"])
        numpy.random.seed(request["seed"])
        torch.manual_seed(request["seed"])
        augment = A.Compose(AUGMENTATIONS[augmentation], seed=request["seed"])
        model = replaced.Model(*BACKBONES[backbone](), self.identities).to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=request["weight_decay"])
        batch, epochs = request["batch"], request["epochs"]
        steps = epochs * ((len(self.train) + batch - 1) // batch)
        warmup = max(1, round(steps * request["warmup"] / epochs))
        schedule = replaced.scheduled(optimizer, steps, warmup)
        best = 0.0
        for epoch in range(1, epochs + 1):
            model.train()
            for chosen in torch.randperm(len(self.train)).split(batch):
                x = replaced.tensor([augment(image=self.pixels[i])["image"] for i in chosen.tolist()])
                labels = (self.gender[chosen], self.identity[chosen])
                replaced.train_batch(model, optimizer, schedule, x, labels, (alpha, 1 - alpha), self.bfloat16)
            combined = replaced.score(model, self.validation, self.seen, self.bfloat16)["combined"]
            best = max(best, combined)
            say({"trial": trial.number, "epoch": epoch, "combined": combined, **trial.params})
            trial.report(combined, epoch)
            if epoch < epochs and trial.should_prune():
                raise optuna.TrialPruned()
        return best


def say(line):
    print(json.dumps({**line, "seconds": time.time() - started}), flush=True)


def study_of(number):
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(pathlib.Path(request["folder"]) / "journal.log")))
    return optuna.create_study(
        storage=storage,
        study_name="search",
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=1000 * request["seed"] + number),
        pruner=optuna.pruners.SuccessiveHalvingPruner(
            min_resource=request["min_epochs"], reduction_factor=request["reduction"]
        ),
    )


def work(number):
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    ended = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    enough = optuna.study.MaxTrialsCallback(request["trials"], states=ended)
    study_of(number).optimize(Objective(), callbacks=[enough])


def main():
    study_of(0)
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=work, args=(number,), daemon=True) for number in range(request["workers"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    states = [trial.state.name for trial in study_of(0).trials]
    say({"trials": len(states), "pruned": states.count("PRUNED"), "torch": torch.__version__, "optuna": optuna.__version__})


if __name__ == "__main__":
    main()
