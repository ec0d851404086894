"""Prints the numbers of probes.ts: checksums of results and gradients, by PyTorch's autograd in double precision."""

import math

import torch
import torch.nn.functional as F


def fill(shape, phase):
    count = math.prod(shape)
    values = [math.sin(1.7 * i + phase + 0.3) for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def checksum(tensor):
    flat = tensor.detach().reshape(-1)
    return sum(float(value) * (float(value) + math.cos(0.9 * i)) for i, value in enumerate(flat))


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def batch_norm(x, offset, scale):
    variance = x.var((0, 1, 2), unbiased=False)
    return (x - x.mean((0, 1, 2))) / (variance + 0.1).sqrt() * scale + offset


IMAGE = (1, 4, 4, 2)
# TensorFlow pads an even side by one pixel on the right for stride 2.
PROBES = {
    "conv2d": ([IMAGE, (3, 3, 2, 2)], lambda x, w: nhwc(F.conv2d(F.pad(nchw(x), (0, 1, 0, 1)), w.permute(3, 2, 0, 1), stride=2))),
    "depthwiseConv2d": ([IMAGE, (3, 3, 2, 1)], lambda x, w: nhwc(F.conv2d(nchw(x), w.permute(2, 3, 0, 1), padding=1, groups=2))),
    "matMul": ([(2, 3), (3, 2)], lambda a, b: a @ b),
    "batchNorm": ([IMAGE, (2,), (2,)], batch_norm),
    "maxPool": ([IMAGE], lambda x: nhwc(F.max_pool2d(nchw(x), 2))),
    "avgPool": ([IMAGE], lambda x: nhwc(F.avg_pool2d(nchw(x), 2))),
    "relu": ([IMAGE], F.relu),
    "prelu": ([IMAGE, (2,)], lambda x, alpha: torch.where(x > 0, x, alpha * x)),
    "softmax": ([(2, 3)], lambda x: F.softmax(x, -1)),
    "log, exp, sqrt and abs": ([(2, 3)], lambda x: (1 + x.abs()).log() + (x * x + 1).sqrt() + x.exp()),
    "mean of squares": ([IMAGE], lambda x: (x * x).mean((1, 2))),
    "mul and sum": ([IMAGE, (2,)], lambda x, b: (x * b).sum((0, 3))),
    "concat, slice and transpose": ([(2, 3), (2, 3)], lambda a, b: torch.cat([a, b], 1)[:, 1:5].T),
    "mirrorPad": ([(2, 3)], lambda x: F.pad(x[None, None], (2, 1, 1, 1), mode="reflect")[0, 0]),
    "resizeNearestNeighbor": ([IMAGE], lambda x: nhwc(F.interpolate(nchw(x), scale_factor=2))),
    "resizeBilinear": ([IMAGE], lambda x: nhwc(F.interpolate(nchw(x), (7, 7), mode="bilinear", align_corners=True))),
    "addN": ([(2, 3)], lambda x: sum(i * x for i in range(1, 13))),
}

for name, (shapes, compute) in PROBES.items():
    inputs = [fill(shape, i).requires_grad_() for i, shape in enumerate(shapes)]
    result = compute(*inputs)
    gradients = torch.autograd.grad(result, inputs, fill(result.shape, 5))
    checksums = [checksum(tensor) for tensor in (result, *gradients)]
    print(f"{name} -> {list(result.shape)}: [{', '.join(f'{value:.6f}' for value in checksums)}]")
