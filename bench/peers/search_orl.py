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

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
request = json.load(open(sys.argv[1]))
started = float(sys.argv[2])
size = request["size"]
mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255
AUGMENTATIONS = {
    "none": [],
    "replaced-program": [
        A.RandomBrightnessContrast(p=0.5),
        A.GaussianBlur(blur_limit=(3, 7), p=0.3),
        A.HorizontalFlip(p=0.5),
        A.RandomRain(p=0.2),
        A.RandomFog(p=0.2),
    ],
    "light": [
        A.HorizontalFlip(p=0.5),
        A.Affine(scale=(0.95, 1.05), translate_percent=(-0.03, 0.03), rotate=(-5, 5), p=0.3),
        A.RandomBrightnessContrast(brightness_limit=0.1, contrast_limit=0.1, p=0.3),
    ],
}


def read(image):
    pixels = cv2.cvtColor(cv2.imread(image["file"]), cv2.COLOR_BGR2RGB)
    return cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)


def tensor(images):
    batch = torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).float()
    return ((batch - mean) / std).contiguous(memory_format=torch.channels_last)


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


def head(features, hidden, outputs):
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, outputs))


class Model(nn.Module):
    def __init__(self, name, identities):
        super().__init__()
        self.backbone, features = {"tiny": tiny, "resnet18": resnet18}[name]()
        self.gender = head(features, 512, 1)
        self.identity = head(features, 1024, identities)

    def forward(self, x):
        features = self.backbone(x)
        return self.gender(features)[:, 0], self.identity(features)


class Objective:
    def __init__(self):
        self.train, self.validation = request["train"], request["validation"]
        # Decoded once, as on the other side.
        self.pixels = [read(image) for image in self.train]
        self.seen = [read(image) for image in self.validation]
        self.gender = torch.tensor([float(image["gender"]) for image in self.train])
        self.identity = torch.tensor([image["identity"] for image in self.train])
        self.identities = 1 + max(image["identity"] for image in self.train + self.validation)
        known = hasattr(torch.cpu, "_is_avx512_bf16_supported")
        self.bfloat16 = torch.cpu._is_avx512_bf16_supported() if known else False

    def __call__(self, trial):
        alpha = trial.suggest_float("alpha", *request["alpha"])
        lr = trial.suggest_float("lr", *request["lr"], log=True)
        augmentation = trial.suggest_categorical("augmentation", request["augmentations"])
        backbone = trial.suggest_categorical("backbone", request["backbones"])
        random.seed(request["seed"])
        numpy.random.seed(request["seed"])
        torch.manual_seed(request["seed"])
        augment = A.Compose(AUGMENTATIONS[augmentation], seed=request["seed"])
        model = Model(backbone, self.identities).to(memory_format=torch.channels_last)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=request["weight_decay"])
        batch, epochs = request["batch"], request["epochs"]
        steps = epochs * ((len(self.train) + batch - 1) // batch)
        warmup = max(1, round(steps * request["warmup"] / epochs))
        schedule = torch.optim.lr_scheduler.SequentialLR(
            optimizer,
            [
                torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warmup, 1, warmup),
                torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - warmup),
            ],
            [warmup],
        )
        best = 0.0
        for epoch in range(1, epochs + 1):
            model.train()
            for chosen in torch.randperm(len(self.train)).split(batch):
                x = tensor([augment(image=self.pixels[i])["image"] for i in chosen.tolist()])
                with torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16):
                    g, k = model(x)
                loss = alpha * nn.functional.binary_cross_entropy_with_logits(g.float(), self.gender[chosen])
                loss = loss + (1 - alpha) * nn.functional.cross_entropy(k.float(), self.identity[chosen])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
            combined = self.score(model)
            best = max(best, combined)
            say({"trial": trial.number, "epoch": epoch, "combined": combined, **trial.params})
            trial.report(combined, epoch)
            if epoch < epochs and trial.should_prune():
                raise optuna.TrialPruned()
        return best

    def score(self, model):
        model.eval()
        right = [0, 0]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16):
            for start in range(0, len(self.validation), 64):
                part = self.validation[start : start + 64]
                g, k = model(tensor(self.seen[start : start + 64]))
                right[0] += sum(int(a) == b["gender"] for a, b in zip((g > 0).tolist(), part))
                right[1] += sum(a == b["identity"] for a, b in zip(k.argmax(1).tolist(), part))
        a, b = right[0] / len(self.validation), right[1] / len(self.validation)
        return 0.3 * a + 0.7 * b


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
