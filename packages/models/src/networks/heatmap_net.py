"""heatmapNet in PyTorch: the reference of heatmap-net.ts, and its peer in benchmarks/backends.ts."""
import torch
from torch import nn
from torch.nn import functional as F


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
    def __init__(self, c, points):
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
        self.heatmaps = nn.Conv2d(c, points, 1)

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
