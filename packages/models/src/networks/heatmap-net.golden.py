"""Writes heatmap-net.golden.json: what PyTorch makes of heatmapNet (64 x 96, 3 points, 4 channels) for weights that a formula gives.

Usage: python3 heatmap-net.golden.py > heatmap-net.golden.json    (torch 1.13)
"""
import json

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS, POINTS, HEIGHT, WIDTH = 4, 3, 64, 96


def waves(count, scale, phase):
    """scale * sin(0.7 i + phase), i = 0 ... count - 1: the same numbers in any language."""
    return scale * torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + phase)


class Convolution(nn.Module):
    """Padded as TensorFlow pads 'same': with stride 2, one pixel to the right and below."""

    def __init__(self, inputs, filters, stride=1, relu=True):
        super().__init__()
        self.stride, self.relu = stride, relu
        self.conv = nn.Conv2d(inputs, filters, 3, stride, 1 if stride == 1 else 0, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x):
        x = self.norm(self.conv(x if self.stride == 1 else F.pad(x, (0, 1, 0, 1))))
        return F.relu(x) if self.relu else x


class Residual(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.a, self.b = Convolution(filters, filters), Convolution(filters, filters, relu=False)

    def forward(self, x):
        return F.relu(x + self.b(self.a(x)))


class HeatmapNet(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.stem = nn.Sequential(Convolution(1, c // 2, 2), Convolution(c // 2, c, 2))
        self.down = nn.ModuleList(
            nn.Sequential(Convolution(level * c, (level + 1) * c, 2), Residual((level + 1) * c)) for level in (1, 2, 3)
        )
        self.bottom = Residual(4 * c)
        self.up = nn.ModuleList(
            nn.ModuleList([nn.Conv2d((level + 1) * c, level * c, 1, bias=False), Convolution(level * c, level * c)])
            for level in (3, 2, 1)
        )
        self.heatmaps = nn.Conv2d(c, POINTS, 1)

    def forward(self, x):
        x = self.stem(x)
        seen = []
        for down in self.down:
            seen.append(x)
            x = down(x)
        x = self.bottom(x)
        for across, block in self.up:
            x = block(F.interpolate(across(x), scale_factor=2, mode='nearest') + seen.pop())
        maps = self.heatmaps(x)
        batch, points, height, width = maps.shape
        weights = maps.flatten(2).softmax(2).view(maps.shape)
        xs, ys = (torch.arange(width) + 0.5) / width, (torch.arange(height) + 0.5) / height
        places = torch.stack([(weights.sum(2) * xs).sum(2), (weights.sum(3) * ys).sum(2)], 2)
        return places.flatten(1)


net = HeatmapNet(CHANNELS).double()
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
