"""Writes face-net.golden.json: the output of the course's second network in PyTorch, for weights of a formula.

Usage: python3 face-net.golden.py > face-net.golden.json    (torch 1.13)
"""
import json

import numpy as np
import torch
from torch import nn


def noise(count, scale, phase):
    """Pseudorandom numbers in -scale..scale from 32-bit integers, the same in any language."""
    bits = 2**32 - 1
    h = (np.arange(count, dtype=np.uint64) * 0x9E3779B1 + phase * 0x85EBCA6B) & bits
    h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & bits
    h ^= h >> 12
    return torch.from_numpy(scale * (h / 2.0**31 - 1))


net = nn.Sequential(
    nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(12, 18, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(18, 24, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(24, 30, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(4950, 2048), nn.ReLU(),
    nn.Linear(2048, 512), nn.ReLU(),
    nn.Linear(512, 116),
).double()
parameters = list(net.parameters())
for number, parameter in enumerate(parameters):
    # Filled in PyTorch's layout; each parameter has its own phase.
    scale = (6 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
    parameter.data = noise(parameter.numel(), scale, number).reshape(parameter.shape)

image = noise(360 * 480, 0.5, 20).reshape(1, 1, 360, 480)
shapes, counts, x = [], [], image
with torch.no_grad():
    for layer in net:
        x = layer(x)
        if not isinstance(layer, nn.ReLU):
            # Channels last, as in TensorFlow.js.
            shapes.append([*x.shape[2:], x.shape[1]])
            counts.append(sum(p.numel() for p in layer.parameters()))
print(json.dumps({
    'torch': torch.__version__,
    'shapes': shapes,
    'counts': counts,
    'output': x[0].tolist(),
}, indent=1))
