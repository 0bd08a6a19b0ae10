"""Pictures of a folder with torchvision's ImageFolder and DataLoader, measured on request: JSON lines in, JSON lines out.

python cache.py FOLDER SIZE WORKERS     FOLDER/<person>/*.jpg, decoded and resized to SIZE in every epoch
A line {"epochs": n} is answered by {"seconds": for n epochs}: uint8 batches of 32, shuffled, as the other side's.
"""

import json
import sys
import time

import torch
import torchvision
from torchvision.transforms import v2


def main() -> None:
    folder, size, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(1)
    transform = v2.Compose([v2.PILToTensor(), v2.Resize((size, size), antialias=True)])
    data = torchvision.datasets.ImageFolder(folder, transform)
    loader = torch.utils.data.DataLoader(
        data, batch_size=32, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    print(json.dumps({"torchvision": torchvision.__version__, "pictures": len(data)}), flush=True)
    for line in sys.stdin:
        epochs = json.loads(line)["epochs"]
        started = time.perf_counter()
        for _ in range(epochs):
            for images, _labels in loader:
                assert images.dtype == torch.uint8
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


main()
