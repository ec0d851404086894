"""Writes fold-batch-norm.golden.json: weights and biases of layers and norms fused by PyTorch's fuse_conv_bn_eval, in PyTorch's layout.

Usage: python3 fold-batch-norm.golden.py > fold-batch-norm.golden.json    (torch 1.13)
"""
import json

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def noise(count, scale, phase):
    """Pseudorandom numbers in -scale..scale, the same in any language."""
    numbers = []
    for i in range(count):
        h = (i * 0x9E3779B1 + phase * 0x85EBCA6B) & 0xFFFFFFFF
        h = ((h ^ (h >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
        h = h ^ (h >> 12)
        numbers.append(scale * (h / 2**31 - 1))
    return torch.tensor(numbers, dtype=torch.float64)


def fold(layer, transpose=False):
    norm = nn.BatchNorm2d(layer.out_channels)
    values = [norm.weight, norm.bias, norm.running_mean, norm.running_var]
    for phase, (tensor, center) in enumerate(zip(values, [1, 0, 0, 1])):
        tensor.data = center + noise(tensor.numel(), 0.5, phase)
    layer.weight.data = noise(layer.weight.numel(), 1, 4).reshape(layer.weight.shape)
    if layer.bias is not None:
        layer.bias.data = noise(layer.bias.numel(), 1, 5)
    fused = fuse_conv_bn_eval(layer.double().eval(), norm.double().eval(), transpose)
    return {
        'shape': list(fused.weight.shape),
        'weight': fused.weight.flatten().tolist(),
        'bias': fused.bias.tolist(),
    }


print(json.dumps({
    'conv2d': fold(nn.Conv2d(3, 4, (3, 2))),
    'depthwiseConv2d': fold(nn.Conv2d(3, 6, (3, 2), groups=3, bias=False)),
    'conv2dTranspose': fold(nn.ConvTranspose2d(3, 4, (3, 2), bias=False), transpose=True),
}))
