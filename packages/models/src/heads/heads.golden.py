"""Writes heads.golden.json: points, confidences and gradients of heads heatmaps and simcc in PyTorch, for weights of a formula.

Usage: python3 heads.golden.py > heads.golden.json    (torch 1.13)
"""
import json

import numpy as np
import torch
from torch import nn

BATCH, CHANNELS, ROWS, COLUMNS, FILTERS, POINTS = 2, 16, 2, 3, 8, 3
HEIGHT, WIDTH, WINDOW_RADIUS = 32 * ROWS, 32 * COLUMNS, 1 / 20
torch.set_default_dtype(torch.float64)


def noise(count, scale, phase):
    """Pseudorandom numbers in -scale..scale, the same in any language."""
    i = np.arange(count, dtype=np.uint32)
    h = i * np.uint32(0x9E3779B1) + np.uint32(phase * 0x85EBCA6B & 0xFFFFFFFF)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h = h ^ (h >> np.uint32(12))
    return torch.from_numpy(scale * (h.astype(np.float64) / 2**31 - 1))


def centers(cells):
    return (torch.arange(cells) + 0.5) / cells


def is_within(centers, points):
    return ((centers - points).abs() < WINDOW_RADIUS).double()


class Heatmaps(nn.Module):
    """The neck of Xiao et al. 2018, one heatmap per point, and the mean of each heatmap's softmax."""

    def __init__(self):
        super().__init__()
        layers = []
        for channels in (CHANNELS, FILTERS, FILTERS):
            layers += [nn.ConvTranspose2d(channels, FILTERS, 4, 2, 1, bias=False), nn.BatchNorm2d(FILTERS), nn.ReLU()]
        self.deconv_layers = nn.Sequential(*layers)
        self.heatmaps = nn.Conv2d(FILTERS, POINTS, 1)

    def forward(self, features):
        maps = self.heatmaps(self.deconv_layers(features))
        probabilities = maps.flatten(2).softmax(2).view(maps.shape)  # [B, N, h, w]
        xs, ys = centers(maps.shape[3]), centers(maps.shape[2])
        x, y = (probabilities.sum(2) * xs).sum(2), (probabilities.sum(3) * ys).sum(2)
        in_window = is_within(ys, y[..., None])[..., None] * is_within(xs, x[..., None])[..., None, :]
        return torch.stack([x, y], 2).flatten(1), (probabilities * in_window).sum((2, 3))


class Simcc(nn.Module):
    """Li et al. 2022 with the mean in place of the largest bin."""

    def __init__(self):
        super().__init__()
        self.simcc_maps = nn.Conv2d(CHANNELS, POINTS, 1)
        self.simcc_x, self.simcc_y = nn.Linear(ROWS * COLUMNS, 2 * WIDTH), nn.Linear(ROWS * COLUMNS, 2 * HEIGHT)

    def forward(self, features):
        cells = self.simcc_maps(features).flatten(2)
        x, y = self.simcc_x(cells).softmax(2), self.simcc_y(cells).softmax(2)  # [B, N, bins]
        xs, ys = centers(2 * WIDTH), centers(2 * HEIGHT)
        px, py = (x * xs).sum(2), (y * ys).sum(2)
        in_window = (x * is_within(xs, px[..., None])).sum(2) * (y * is_within(ys, py[..., None])).sum(2)
        return torch.stack([px, py], 2).flatten(1), in_window


def compute_golden(net):
    for number, parameter in enumerate(net.parameters()):
        plain = parameter.dim() == 1
        center = 1 if plain and number % 3 == 1 and isinstance(net, Heatmaps) and number < 9 else 0
        scale = 0.2 if plain else 1.5 * (6 / parameter[0].numel()) ** 0.5
        parameter.data = center + noise(parameter.numel(), scale, number).reshape(parameter.shape)
    net.eval()
    features = noise(BATCH * CHANNELS * ROWS * COLUMNS, 1, 100).reshape(BATCH, CHANNELS, ROWS, COLUMNS).requires_grad_()
    points, confidence = net(features)
    (points * noise(points.numel(), 1, 200).reshape(points.shape)).sum().backward()
    return {
        # Names and shapes in PyTorch's order.
        'weights': [[name, list(value.shape)] for name, value in net.named_parameters()],
        'points': points.tolist(),
        'confidence': confidence.tolist(),
        # With respect to the features, [B, C, h, w]; for each weight the norm and the first value.
        'gradient': features.grad.flatten().tolist(),
        'gradients': {name: [p.grad.norm().item(), p.grad.flatten()[0].item()] for name, p in net.named_parameters()},
    }


print(json.dumps({'heatmaps': compute_golden(Heatmaps()), 'simcc': compute_golden(Simcc())}))
