"""A PyTorch script that facecom runs: a small network with two heads on random faces of noise, so that it needs no data.

The lines with `run` are all that a script of yours needs.
"""

import torch
from torch import nn

import facecom

run = facecom.Run()
torch.manual_seed(run.seed)
margin = run.params.get("margin", 0.3)
width = run.params.get("width", 16)
epochs = run.config.get("train", {}).get("epochs", 3)
batch = run.config.get("train", {}).get("batch_size", 32)
lr = run.config.get("optimizer", {}).get("lr", 0.01)

people, each = 8, 32
centres = torch.randn(people, 3, 16, 16, generator=torch.Generator().manual_seed(1))
noise = torch.randn(people * each, 3, 16, 16, generator=torch.Generator().manual_seed(2))
identity = torch.arange(people * each) % people
faces = centres[identity] + 0.7 * noise
gender = identity % 2
train, val = slice(0, 3 * people * each // 4), slice(3 * people * each // 4, None)

backbone = nn.Sequential(nn.Conv2d(3, width, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16 * width, 32))
heads = nn.ModuleDict({"gender": nn.Linear(32, 2), "identity": nn.Linear(32, people, bias=False)})
parameters = [*backbone.parameters(), *heads.parameters()]
optimizer = torch.optim.Adam(parameters, lr=lr)

if run.checkpoint:
    state = torch.load(run.checkpoint / "state.pt", weights_only=True)
    backbone.load_state_dict(state["backbone"])
    heads.load_state_dict(state["heads"])
    optimizer.load_state_dict(state["optimizer"])


def losses(pictures, of):
    features = backbone(pictures)
    cosine = nn.functional.linear(nn.functional.normalize(features), nn.functional.normalize(heads["identity"].weight))
    target = nn.functional.one_hot(identity[of], people)
    identity_loss = nn.functional.cross_entropy(16 * (cosine - margin * target), identity[of])
    return identity_loss + nn.functional.cross_entropy(heads["gender"](features), gender[of]), cosine, heads["gender"](features)


for epoch in run.epochs(total=epochs):
    # Drawn from the seed and the epoch: a resumed run sees the pictures in the same order.
    order = torch.randperm(train.stop, generator=torch.Generator().manual_seed(1000 * run.seed + epoch))
    for part in order.split(batch):
        optimizer.zero_grad()
        loss, _, _ = losses(faces[part], part)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        _, cosine, logits = losses(faces[val], val)
    scores = {
        "val/identity_top1": (cosine.argmax(1) == identity[val]).float().mean(),
        "val/gender_accuracy": (logits.argmax(1) == gender[val]).float().mean(),
    }
    scores["val/combined"] = 0.7 * scores["val/identity_top1"] + 0.3 * scores["val/gender_accuracy"]
    steps = epoch * -(-train.stop // batch)
    run.log({"train/loss": loss, **scores}, step=steps, epoch=epoch)
    state = {"backbone": backbone.state_dict(), "heads": heads.state_dict(), "optimizer": optimizer.state_dict()}
    run.save(epoch, lambda folder: torch.save(state, folder / "state.pt"), score=scores["val/combined"])
run.finish(scores)
