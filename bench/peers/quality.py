"""The replaced program's recipe in PyTorch, put right: its two heads on ResNet-18, its augmentation, Adam, an honest split.

python quality.py REQUEST.json STARTED
REQUEST: {size, epochs, batch, lr, weight_decay, warmup, alpha, beta, seed, train, validation, test, conditions}; an image is {file, gender,
identity}; conditions: {names, file} with the test images under each of them as bytes, or null. STARTED: time of the command, seconds.
Prints {scores, curve, torch, precision}: scores of the test images, trained from scratch, and of the validation images after each epoch.
"""

import json
import random
import sys
import time

import albumentations as A
import cv2
import numpy
import torch
import torchvision
from torch import nn

import replaced

request = json.load(open(sys.argv[1]))
started = float(sys.argv[2])
size = request["size"]
random.seed(request["seed"])
numpy.random.seed(request["seed"])
torch.manual_seed(request["seed"])
cv2.setNumThreads(1)
augment = A.Compose(replaced.augmentation(), seed=request["seed"])


def read(image):
    return replaced.read(image, size)


def main() -> None:
    train, validation, test = request["train"], request["validation"], request["test"]
    # Decoded once, as on the other side: what is compared is training.
    pixels = [read(image) for image in train]
    gender = torch.tensor([float(image["gender"]) for image in train])
    identity = torch.tensor([image["identity"] for image in train])
    identities = 1 + max(image["identity"] for image in train + validation + test)
    backbone = torchvision.models.resnet18()
    backbone.fc = nn.Identity()
    model = replaced.Model(backbone, 512, identities).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=request["lr"], weight_decay=request["weight_decay"])
    steps = request["epochs"] * ((len(train) + request["batch"] - 1) // request["batch"])
    warmup = max(1, round(steps * request["warmup"] / request["epochs"]))
    schedule = replaced.scheduled(optimizer, steps, warmup)
    bfloat16 = replaced.has_bfloat16()
    weights = (request["alpha"], request["beta"])
    curve = []
    for _ in range(request["epochs"]):
        model.train()
        for chosen in torch.randperm(len(train)).split(request["batch"]):
            x = replaced.tensor([augment(image=pixels[i])["image"] for i in chosen.tolist()])
            replaced.train_batch(model, optimizer, schedule, x, (gender[chosen], identity[chosen]), weights, bfloat16)
        if validation:
            combined = replaced.score(model, validation, [read(image) for image in validation], bfloat16)["combined"]
            curve.append({"seconds": time.time() - started, "combined": combined})
    scores = replaced.score(model, test, [read(image) for image in test], bfloat16) if test else {}
    if request["conditions"]:
        names = request["conditions"]["names"]
        distorted = numpy.fromfile(request["conditions"]["file"], numpy.uint8).reshape(len(names), len(test), size, size, 3)
        for name, images in zip(names, distorted):
            scores[f"{name}/combined"] = replaced.score(model, test, images, bfloat16)["combined"]
        scores["conditions/combined"] = sum(scores[f"{name}/combined"] for name in names) / len(names)
    versions = {"torch": torch.__version__, "precision": "bfloat16" if bfloat16 else "float32"}
    print(json.dumps({"scores": scores, "curve": curve, **versions}))


main()
