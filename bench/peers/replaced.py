"""What scripts of the replaced program's recipe in PyTorch share: its augmentation, heads and schedule, how images are read and scored.

An image is {file, gender, identity}.
"""

import albumentations as A
import cv2
import numpy
import torch
from torch import nn

mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255
std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255


def augmentation():
    return [
        A.RandomBrightnessContrast(p=0.5),
        A.GaussianBlur(blur_limit=(3, 7), p=0.3),
        A.HorizontalFlip(p=0.5),
        A.RandomRain(p=0.2),
        A.RandomFog(p=0.2),
    ]


def read(image, size):
    pixels = cv2.cvtColor(cv2.imread(image["file"]), cv2.COLOR_BGR2RGB)
    return cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)


def tensor(images):
    batch = torch.from_numpy(numpy.stack(images)).permute(0, 3, 1, 2).float()
    return ((batch - mean) / std).contiguous(memory_format=torch.channels_last)


def head(features, hidden, outputs):
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, outputs))


class Model(nn.Module):
    """A backbone with both heads."""

    def __init__(self, backbone, features, identities):
        super().__init__()
        self.backbone = backbone
        self.gender = head(features, 512, 1)
        self.identity = head(features, 1024, identities)

    def forward(self, x):
        features = self.backbone(x)
        return self.gender(features)[:, 0], self.identity(features)


def has_bfloat16():
    known = hasattr(torch.cpu, "_is_avx512_bf16_supported")
    return torch.cpu._is_avx512_bf16_supported() if known else False


def scheduled(optimizer, steps, warmup):
    """A linear warmup of so many steps, then a cosine."""
    return torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warmup, 1, warmup),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - warmup),
        ],
        [warmup],
    )


def train_batch(model, optimizer, schedule, x, labels, weights, bfloat16):
    """One step. labels: gender and identity; weights: alpha and beta."""
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        g, k = model(x)
    loss = weights[0] * nn.functional.binary_cross_entropy_with_logits(g.float(), labels[0])
    loss = loss + weights[1] * nn.functional.cross_entropy(k.float(), labels[1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()


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
