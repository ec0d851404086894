"""Writes blur-pool.golden.json: what PyTorch's F.pad and F.conv2d make of small maps, for every convention, size, stride, padding.

Usage: python3 blur-pool.golden.py > blur-pool.golden.json    (torch 1.13)

Of each result y, and of the gradient of sum(y²) / 2 by x, it keeps the norm and the product with a wave.
"""
import json
from math import comb

import torch
from torch.nn import functional as F

MODES = {'reflect': 'reflect', 'replicate': 'replicate', 'zero': 'constant'}
SIDES = {
    'antialiased-cnns': lambda k, s: ((k - 1) // 2, -(-(k - 1) // 2)),
    'timm': lambda k, s: (((s - 1) + (k - 1)) // 2,) * 2,
    'kornia': lambda k, s: ((k - 1) // 2,) * 2,
}


def waves(shape, phase):
    """sin(0.7 i + phase) in the order of TensorFlow.js: channels last."""
    count = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + phase).reshape(shape)


def last(x):
    """From PyTorch's order, channels second, to channels last."""
    return x.movedim(1, -1)


def summarize(x):
    return [round(x.norm().item(), 6), round((x * waves(x.shape, 0.3)).sum().item(), 6)]


def blurred(x, k, s, sides, mode):
    dims = x.dim() - 2
    line = torch.tensor([comb(k - 1, i) / 2 ** (k - 1) for i in range(k)], dtype=x.dtype)
    kernel = line if dims == 1 else torch.outer(line, line)
    weight = kernel.expand(x.shape[1], 1, *kernel.shape)
    padded = F.pad(x, sides * dims, MODES[mode]) if any(sides) else x
    return (F.conv2d if dims == 2 else F.conv1d)(padded, weight, stride=s, groups=x.shape[1])


cases = []
for shape in [(1, 8, 9, 2), (2, 9, 8, 1), (2, 9, 2), (1, 10, 3)]:
    for convention, sides in SIDES.items():
        for k in range(1, 8):
            for s in (1, 2, 3):
                for padding in MODES:
                    x = waves(shape, 0).requires_grad_()
                    y = last(blurred(x.movedim(-1, 1), k, s, sides(k, s), padding))
                    (y.square().sum() / 2).backward()
                    cases.append([list(shape), convention, k, s, padding, list(y.shape), summarize(y.detach()), summarize(x.grad)])

pads = []
for shape in [(1, 4, 5, 2), (2, 5, 2)]:
    for padding in ('reflect', 'replicate'):
        for sides in [(0, 0), (1, 1), (1, 2), (3, 0), (2, 3)]:
            x = waves(shape, 0).requires_grad_()
            y = last(F.pad(x.movedim(-1, 1), sides * (len(shape) - 2), padding))
            (y.square().sum() / 2).backward()
            pads.append([list(shape), padding, list(sides), list(y.shape), summarize(y.detach()), summarize(x.grad)])


def lines(rows):
    return ',\n'.join(json.dumps(row) for row in rows)


print('{"cases": [\n%s\n],\n"pads": [\n%s\n]}' % (lines(cases), lines(pads)))
