"""
Run steps of one network in PyTorch on demand: the peer of backends-runner.ts.

Usage: python3 backends_pytorch.py NETWORK train|predict BATCH THREADS
"""

import json
import pathlib
import resource
import sys
import time

import torch
import torchvision
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "packages/models/src/networks"))
from heatmap_net import HeatmapNet  # noqa: E402

CNN = lambda: nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(128 * 7 * 10, 256), nn.ReLU(), nn.Linear(256, 30),
)  # fmt: skip


def resnet(build):
    network = build(num_classes=136)
    network.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    return network


NETWORKS = {
    "cnn": (CNN, (1, 60, 80), 30),
    "heatmapNet48": (lambda: HeatmapNet(48, 68), (1, 128, 128), 136),
    "resnet18": (lambda: resnet(torchvision.models.resnet18), (1, 240, 240), 136),
    "resnet50": (lambda: resnet(torchvision.models.resnet50), (1, 240, 240), 136),
}

name, task, batch, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
build, shape, outputs = NETWORKS[name]
network = build()
images, points = torch.rand(batch, *shape) - 0.5, torch.rand(batch, outputs)
optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
criterion = nn.MSELoss()
network.train(task == "train")


def train_step():
    loss = criterion(network(images), points)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def predict_step():
    with torch.no_grad():
        return network(images).numpy()


step = train_step if task == "train" else predict_step
print(json.dumps({"backend": "pytorch", "detail": torch.__version__}), flush=True)
for line in sys.stdin:
    milliseconds = []
    for _ in range(int(line)):
        start = time.perf_counter()
        step()
        milliseconds.append((time.perf_counter() - start) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"milliseconds": milliseconds, "peakMemory": peak}), flush=True)
