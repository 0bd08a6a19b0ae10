"""A model that `facecom export` wrote, in PyTorch.

    from load import load
    model, card = load("export")
    answers = model(preprocess(Image.open("a.png"), card)[None])   # gender, identity, embedding

    python load.py IMAGE ...    # one line of JSON for each image

It needs torch and Pillow, and for some backbones torchvision (resnet, mobilenet, efficientnet, convnext, vgg) or timm (vit_small).
"""

import json
import math
import struct
import sys
from pathlib import Path

import torch
from torch import nn

HEADS = ("gender_head.", "identity_head.")


def load(folder="."):
    """The model in evaluation mode, and what model.json says of it."""
    folder = Path(folder)
    card = json.loads((folder / "model.json").read_text("utf-8"))
    if card.get("format") != "facecom-model" or card.get("format_version") != 1:
        raise ValueError(f"{folder / 'model.json'} is no facecom-model of version 1")
    return Model(card, read_safetensors(folder / card["weights"])).eval(), card


class Model(nn.Module):
    """Images [batch, size, size, 3] of 0 to 255, RGB -> logit of Female [batch], logits of identities, embedding."""

    def __init__(self, card, weights):
        super().__init__()
        heads = {name: value for name, value in weights.items() if name.startswith(HEADS)}
        body = {name: value for name, value in weights.items() if not name.startswith(HEADS)}
        self.identity = card["architecture"]["identity"]
        self.identities = len(card["outputs"]["identity"]["classes"])
        self.backbone = backbone(card["architecture"]["backbone"], card["input"]["size"])
        missing, unexpected = self.backbone.load_state_dict(body, strict=False)
        missing = [name for name in missing if not name.endswith("num_batches_tracked")]
        if missing or unexpected:
            raise ValueError(f"the weights do not fit the backbone: {missing} missing, {unexpected} left over")
        for head in (card["architecture"]["gender"], self.identity):
            if head.get("head", "mlp") != "mlp":
                raise ValueError(f"the head {head['head']} is a plugin's: build it after its plugin")
        for name, value in heads.items():
            self.register_buffer(name.replace(".", "_"), value)
        self.register_buffer("mean", torch.tensor(card["input"]["mean"]).view(3, 1, 1))
        self.register_buffer("std", torch.tensor(card["input"]["std"]).view(3, 1, 1))

    def forward(self, images):
        x = images.permute(0, 3, 1, 2).float() / 255
        features = self.backbone((x - self.mean) / self.std)
        gender = self.mlp("gender_head", features)[:, 0]
        if not self.identity["embedding"]:
            return {"gender": gender, "identity": self.mlp("identity_head", features), "embedding": features}
        raw = self.linear("identity_head_embedding", features)
        if hasattr(self, "identity_head_neck_weight"):
            parts = [getattr(self, f"identity_head_neck_{part}") for part in ("running_mean", "running_var", "weight", "bias")]
            raw = nn.functional.batch_norm(raw, *parts, eps=1e-5)
        embedding = nn.functional.normalize(raw)
        classes = self.identity_head_classifier_weight
        if self.identity["loss"] in ("softmax", "none"):
            return {"gender": gender, "identity": raw @ classes.T, "embedding": embedding}
        cosines = embedding @ nn.functional.normalize(classes).T
        cosines = cosines.view(len(cosines), self.identities, -1).max(2).values
        return {"gender": gender, "identity": cosines * self.identity["scale"], "embedding": embedding}

    def mlp(self, name, x):
        if hasattr(self, f"{name}_1_weight"):
            return self.linear(f"{name}_1", x)
        return self.linear(f"{name}_3", torch.relu(self.linear(f"{name}_0", x)))

    def linear(self, name, x):
        return nn.functional.linear(x, getattr(self, f"{name}_weight"), getattr(self, f"{name}_bias"))


def backbone(name, size):
    """The backbone without its classifier: images [batch, 3, size, size], normalised -> features."""
    if name.startswith("iresnet"):
        return IResNet({"iresnet18": (2, 2, 2, 2), "iresnet50": (3, 4, 14, 3)}[name], size)
    if name == "tiny":
        return Tiny()
    if name == "vit_small":
        import timm

        return timm.create_model("vit_small_patch16_224", img_size=size, num_classes=0)
    import torchvision

    if not hasattr(torchvision.models, name):
        raise ValueError(f"the backbone {name} is a plugin's: build it after its plugin")
    model = getattr(torchvision.models, name)(weights=None)
    if name.startswith("resnet"):
        model.fc = nn.Identity()
    elif name == "mobilenet_v3_small":
        model.classifier = model.classifier[:2]
    elif name == "convnext_tiny":
        model.classifier[2] = nn.Identity()
    else:
        model.classifier = nn.Identity()
    if name.startswith("vgg"):
        model.avgpool = nn.AdaptiveAvgPool2d(1)
    return model


class Tiny(nn.Sequential):
    def __init__(self):
        super().__init__()
        for i, (inputs, outputs) in enumerate(((3, 16), (16, 32), (32, 64)), 1):
            layer = nn.Sequential(nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())
            self.add_module(f"layer{i}", layer)

    def forward(self, x):
        return super().forward(x).mean((2, 3))


class IBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.prelu = nn.PReLU(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, stride, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        else:
            self.downsample = nn.Identity()

    def forward(self, x):
        y = self.prelu(self.bn2(self.conv1(self.bn1(x))))
        return self.bn3(self.conv2(y)) + self.downsample(x)


class IResNet(nn.Module):
    """The network of ArcFace (Deng et al., 2019)."""

    def __init__(self, depths, size):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU(64)
        inputs = 64
        for stage, (depth, outputs) in enumerate(zip(depths, (64, 128, 256, 512)), 1):
            blocks = [IBlock(inputs if i == 0 else outputs, outputs, 2 if i == 0 else 1) for i in range(depth)]
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
            inputs = outputs
        self.bn2 = nn.BatchNorm2d(512)
        self.fc = nn.Linear(512 * math.ceil(size / 16) ** 2, 512)
        self.features = nn.BatchNorm1d(512)

    def forward(self, x):
        x = self.prelu(self.bn1(self.conv1(x)))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return self.features(self.fc(self.bn2(x).flatten(1)))


def read_safetensors(path):
    """Tensors by name (https://huggingface.co/docs/safetensors)."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            low, high = (8 + length + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(data[low:high]), dtype={"F32": torch.float32}[entry["dtype"]])
            tensors[name] = values.view(entry["shape"])
    return tensors


def preprocess(image, card):
    """An image of Pillow -> pixels [size, size, 3], upright, as the model was trained to see it."""
    from PIL import Image, ImageOps

    size, resize = card["input"]["size"], card["input"]["resize"]
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
    image = image.convert("RGB")
    if resize.startswith("the middle square"):
        image = ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS)
    elif resize.startswith("the whole image"):
        image = ImageOps.pad(image, (size, size), Image.Resampling.LANCZOS, "black")
    else:
        image = image.resize((size, size), Image.Resampling.LANCZOS)
    return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).view(size, size, 3)


def main():
    from PIL import Image

    model, card = load(Path(__file__).parent)
    genders, identities = (card["outputs"][task]["classes"] for task in ("gender", "identity"))
    for path in sys.argv[1:]:
        with torch.no_grad():
            answers = model(preprocess(Image.open(path), card)[None])
        female = torch.sigmoid(answers["gender"][0]).item()
        likely = torch.softmax(answers["identity"][0], 0).max(0)
        answer = {"gender": genders[female >= 0.5], "p_female": round(female, 4)}
        answer |= {"identity": identities[likely.indices], "p_identity": round(likely.values.item(), 4)}
        print(json.dumps({"file": path, **answer}, ensure_ascii=False))


if __name__ == "__main__":
    main()
