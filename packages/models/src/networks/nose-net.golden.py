"""Writes nose-net.golden.json: what PyTorch makes of the course's network for weights that a formula gives.

Usage: python3 nose-net.golden.py > nose-net.golden.json    (torch 1.13)
"""
import json

import torch
from torch import nn


def waves(count, scale, phase):
    """scale * sin(0.7 i + phase), i = 0 ... count - 1: the same numbers in any language."""
    return scale * torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + phase)


net = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(24, 36, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(2520, 500), nn.ReLU(), nn.Linear(500, 2),
).double()
parameters = list(net.parameters())
for number, parameter in enumerate(parameters):
    # Filled in PyTorch's layout; each parameter has its own phase.
    scale = 1 / parameter[0].numel() ** 0.5 if parameter.dim() > 1 else 0.1
    parameter.data = waves(parameter.numel(), scale, number).reshape(parameter.shape)

image = waves(2 * 60 * 80, 0.5, 0.25).reshape(2, 1, 60, 80)
target = torch.tensor([[0.4, 0.6], [0.5, 0.55]], dtype=torch.float64)
output = net(image)
loss = nn.functional.mse_loss(output, target)
loss.backward()
print(json.dumps({
    'torch': torch.__version__,
    'parameters': sum(p.numel() for p in parameters),
    'output': output.tolist(),
    'loss': loss.item(),
    # Norm and a few entries of each gradient, in PyTorch's layout.
    'gradients': [{'norm': p.grad.norm().item(), 'first': p.grad.flatten()[:5].tolist()} for p in parameters],
}, indent=1))
