"""The network of facecom's baseline in PyTorch: torchvision's ResNet with a gender and an identity head."""

import torch
import torchvision

MEAN = torch.tensor([0.485, 0.456, 0.406]) * 255
DEVIATION = torch.tensor([0.229, 0.224, 0.225]) * 255


def head(features: int, hidden: int, outputs: int, dropout: float) -> torch.nn.Module:
    return torch.nn.Sequential(
        torch.nn.Linear(features, hidden),
        torch.nn.ReLU(),
        torch.nn.Dropout(dropout),
        torch.nn.Linear(hidden, outputs),
    )


class Network(torch.nn.Module):
    """Pictures [batch, height, width, 3] of 0 … 255 → logits of both tasks."""

    def __init__(self, backbone: str, identities: int, hidden=(512, 1024), dropout=0.5):
        super().__init__()
        self.body = getattr(torchvision.models, backbone)(weights=None)
        features = self.body.fc.in_features
        self.body.fc = torch.nn.Identity()
        self.gender_head = head(features, hidden[0], 1, dropout)
        self.identity_head = head(features, hidden[1], identities, dropout)
        self.register_buffer("mean", MEAN)
        self.register_buffer("deviation", DEVIATION)

    def forward(self, pictures: torch.Tensor):
        x = ((pictures.float() - self.mean) / self.deviation).permute(0, 3, 1, 2)
        features = self.body(x)
        return self.gender_head(features).squeeze(1), self.identity_head(features)


def loss_of(gender, identity, labels, alpha=0.3, beta=0.7):
    """Both losses in float32, weighted."""
    first = torch.nn.functional.binary_cross_entropy_with_logits(gender.float(), labels[0])
    second = torch.nn.functional.cross_entropy(identity.float(), labels[1])
    return alpha * first + beta * second
