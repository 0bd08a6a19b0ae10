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

request = json.load(open(sys.argv[1]))
started = float(sys.argv[2])
random.seed(request["seed"])
numpy.random.seed(request["seed"])
torch.manual_seed(request["seed"])
cv2.setNumThreads(1)
size = request["size"]
augment = A.Compose(
    [
        A.RandomBrightnessContrast(p=0.5),
        A.GaussianBlur(blur_limit=(3, 7), p=0.3),
        A.HorizontalFlip(p=0.5),
        A.RandomRain(p=0.2),
        A.RandomFog(p=0.2),
    ],
    seed=request["seed"],
)
mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255


def read(image):
    pixels = cv2.cvtColor(cv2.imread(image["file"]), cv2.COLOR_BGR2RGB)
    return cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)


def tensor(images):
    batch = torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).float()
    return ((batch - mean) / std).contiguous(memory_format=torch.channels_last)


def head(hidden, outputs):
    return nn.Sequential(nn.Linear(512, hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, outputs))


class Model(nn.Module):
    def __init__(self, identities):
        super().__init__()
        self.backbone = torchvision.models.resnet18()
        self.backbone.fc = nn.Identity()
        self.gender = head(512, 1)
        self.identity = head(1024, identities)

    def forward(self, x):
        features = self.backbone(x)
        return self.gender(features)[:, 0], self.identity(features)


def main() -> None:
    train, validation, test = request["train"], request["validation"], request["test"]
    # Decoded once, as on the other side: what is compared is training.
    pixels = [read(image) for image in train]
    gender = torch.tensor([float(image["gender"]) for image in train])
    identity = torch.tensor([image["identity"] for image in train])
    model = Model(1 + max(image["identity"] for image in train + validation + test)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=request["lr"], weight_decay=request["weight_decay"])
    steps = request["epochs"] * ((len(train) + request["batch"] - 1) // request["batch"])
    warmup = max(1, round(steps * request["warmup"] / request["epochs"]))
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warmup, 1, warmup),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - warmup),
        ],
        [warmup],
    )
    bfloat16 = torch.cpu._is_avx512_bf16_supported() if hasattr(torch.cpu, "_is_avx512_bf16_supported") else False
    curve = []
    for _ in range(request["epochs"]):
        model.train()
        for chosen in torch.randperm(len(train)).split(request["batch"]):
            x = tensor([augment(image=pixels[i])["image"] for i in chosen.tolist()])
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                g, k = model(x)
            loss = request["alpha"] * nn.functional.binary_cross_entropy_with_logits(g.float(), gender[chosen])
            loss = loss + request["beta"] * nn.functional.cross_entropy(k.float(), identity[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        if validation:
            combined = score(model, validation, [read(image) for image in validation], bfloat16)["combined"]
            curve.append({"seconds": time.time() - started, "combined": combined})
    scores = score(model, test, [read(image) for image in test], bfloat16) if test else {}
    if request["conditions"]:
        names = request["conditions"]["names"]
        distorted = numpy.fromfile(request["conditions"]["file"], numpy.uint8).reshape(len(names), len(test), size, size, 3)
        for name, images in zip(names, distorted):
            scores[f"{name}/combined"] = score(model, test, images, bfloat16)["combined"]
        scores["conditions/combined"] = sum(scores[f"{name}/combined"] for name in names) / len(names)
    versions = {"torch": torch.__version__, "precision": "bfloat16" if bfloat16 else "float32"}
    print(json.dumps({"scores": scores, "curve": curve, **versions}))


def score(model, labels, images, bfloat16):
    model.eval()
    right = [0, 0]
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        for start in range(0, len(labels), 64):
            part = labels[start : start + 64]
            g, k = model(tensor(images[start : start + 64]))
            right[0] += sum(int(a) == b["gender"] for a, b in zip((g > 0).tolist(), part))
            right[1] += sum(a == b["identity"] for a, b in zip(k.argmax(1).tolist(), part))
    a, b = right[0] / len(labels), right[1] / len(labels)
    return {"gender_accuracy": a, "identity_top1": b, "combined": 0.3 * a + 0.7 * b}


main()
