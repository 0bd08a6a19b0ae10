"""One training step, or one pass of inference, in PyTorch, measured on request: JSON lines in, JSON lines out.

python step.py --backbone resnet50 --batch 16 --size 112 [--compile] [--precision bfloat16] [--channels-last]
A line {"steps": n} is answered by {"seconds": [of each step]}, {"memory": true} by {"peak": bytes}.
"""

import argparse
import json
import sys
import time

import torch
import torchvision

from network import Network, loss_of


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--backbone", default="resnet50")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--identities", type=int, default=877)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    if options.device == "cuda":
        # As TensorFlow does by itself: TF32 products, and the fastest of cuDNN's ways of computing a convolution.
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    try:
        run = evaluation(options) if options.evaluate else training(options)
        loss = run()
    except Exception as error:  # A compiler that is missing, memory that ran out: the bench decides.
        answer({"error": f"{type(error).__name__}: {error}"[:500]})
        return
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
    answer({"ready": True, "loss": loss, "threads": torch.get_num_threads(), **versions})
    for line in sys.stdin:
        request = json.loads(line)
        if "steps" in request:
            answer({"seconds": [timed(run, options.device) for _ in range(request["steps"])]})
        else:
            answer({"peak": peak(options.device)})


def training(options):
    torch.manual_seed(0)
    model = Network(options.backbone, options.identities).to(options.device)
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    # The fused update is torch's fastest.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    pictures, labels = batch(options)

    def forward(pictures, labels):
        with torch.autocast(options.device, torch.bfloat16, enabled=options.precision == "bfloat16"):
            gender, identity = model(pictures)
        return loss_of(gender, identity, labels)

    compute = torch.compile(forward) if options.compile else forward

    def step() -> float:
        optimizer.zero_grad(set_to_none=True)
        loss = compute(pictures.to(options.device, non_blocking=True), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def evaluation(options):
    torch.manual_seed(0)
    model = Network(options.backbone, options.identities).to(options.device).eval()
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    pictures, _ = batch(options)
    # Freezing folds the constants: torch's own setting for inference.
    compute = torch.compile(model, options={"freezing": True}) if options.compile else model

    def step() -> float:
        with torch.inference_mode() if not options.compile else torch.no_grad():
            with torch.autocast(options.device, torch.bfloat16, enabled=options.precision == "bfloat16"):
                gender, identity = compute(pictures.to(options.device, non_blocking=True))
        identity.float().cpu()
        return gender.float().sum().item()

    return step


def batch(options):
    torch.manual_seed(1)
    pictures = torch.randint(0, 256, (options.batch, options.size, options.size, 3), dtype=torch.uint8)
    index = torch.arange(options.batch)
    labels = ((index % 2).float().to(options.device), ((index * 7) % options.identities).to(options.device))
    return pictures, labels


def timed(run, device: str) -> float:
    started = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def peak(device: str) -> int:
    """Bytes: of GPU memory, or resident (VmHWM; getrusage also counts what the process was before it was this program)."""
    if device == "cuda":
        return torch.cuda.max_memory_reserved()
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
            return int(line.split()[1]) * 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def answer(value: dict) -> None:
    print(json.dumps(value), flush=True)


main()
