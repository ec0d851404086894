"""Writes heatmap-net.golden.json: what PyTorch makes of heatmapNet (64 x 96, 3 points, 4 channels) for weights that a formula gives.

Usage: python3 heatmap-net.golden.py > heatmap-net.golden.json    (torch 1.13)
"""
import json

import torch
from torch.nn import functional as F

from heatmap_net import HeatmapNet

CHANNELS, POINTS, HEIGHT, WIDTH = 4, 3, 64, 96


def waves(count, scale, phase):
    """scale * sin(0.7 i + phase), i = 0 ... count - 1: the same numbers in any language."""
    return scale * torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + phase)


net = HeatmapNet(CHANNELS, POINTS).double()
parameters = list(net.parameters())
for number, parameter in enumerate(parameters):
    # Filled in PyTorch's layout; each parameter has its own phase.
    if parameter.dim() > 1:
        parameter.data = waves(parameter.numel(), (4 / parameter[0].numel()) ** 0.5, number).reshape(parameter.shape)
    else:
        scales = parameters[number - 1].dim() > 1 and number < len(parameters) - 1
        parameter.data = waves(parameter.numel(), 0.2, number) + (1 if scales else 0)

image = waves(HEIGHT * WIDTH, 0.5, 0.25).reshape(1, 1, HEIGHT, WIDTH)
target = (0.5 + waves(2 * POINTS, 0.3, 0.5)).reshape(1, 2 * POINTS)
net.eval()
with torch.no_grad():
    predicted = net(image)
net.train()
output = net(image)
loss = F.mse_loss(output, target)
loss.backward()
print(json.dumps({
    'torch': torch.__version__,
    'parameters': sum(p.numel() for p in parameters),
    # With the running statistics that batch normalization begins with, and with those of the batch.
    'predicted': predicted[0].tolist(),
    'output': output[0].tolist(),
    'loss': loss.item(),
    # Norm and a few entries of each gradient, in PyTorch's layout.
    'gradients': [{'norm': p.grad.norm().item(), 'first': p.grad.flatten()[:5].tolist()} for p in parameters],
}, indent=1))
