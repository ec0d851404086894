"""Prints outputs and gradients of torchvision's residual networks, for weights of a formula.

Usage: python3 resnet.golden.py > resnet.golden.json                    small networks, for the test beside this file
       python3 resnet.golden.py DEPTH ANTIALIAS CHANNELS HEIGHT WIDTH   one network as JSON, such as 50 1 64 64 64

torch 1.13, torchvision 0.14. Blocks and forward pass are torchvision's own; the anti-aliased layout is that of Zhang 2019: a maximum at
each pixel, and a blur with the stride before the layer that follows a strided convolution.
"""
import json
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

BLOCKS = {18: (BasicBlock, (2, 2, 2, 2)), 34: (BasicBlock, (3, 4, 6, 3)), 50: (Bottleneck, (3, 4, 6, 3)),
          101: (Bottleneck, (3, 4, 23, 3))}
POINTS = 3


def noise(count, scale, phase):
    """Pseudorandom numbers in -scale..scale, the same in any language."""
    i = np.arange(count, dtype=np.uint32)
    h = i * np.uint32(0x9E3779B1) + np.uint32(phase * 0x85EBCA6B & 0xFFFFFFFF)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    h = h ^ (h >> np.uint32(12))
    return torch.from_numpy(scale * (h.astype(np.float64) / 2**31 - 1))


class Blur(nn.Module):
    """[1, 3, 3, 1] / 8 along each axis, every second pixel; reflected by 1 before and 2 after."""

    def forward(self, x):
        line = torch.tensor([1, 3, 3, 1], dtype=x.dtype) / 8
        filters = torch.outer(line, line).expand(x.shape[1], 1, 4, 4)
        return F.conv2d(F.pad(x, (1, 2, 1, 2), 'reflect'), filters, stride=2, groups=x.shape[1])


class Net(ResNet):
    """torchvision's network, with a choice of channels, a gray input, and 2 N outputs."""

    def __init__(self, depth, channels):
        nn.Module.__init__(self)
        block, blocks = BLOCKS[depth]
        self._norm_layer, self.dilation, self.groups, self.base_width = nn.BatchNorm2d, 1, 1, 64
        self.inplanes = channels
        self.conv1 = nn.Conv2d(1, channels, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        for i, count in enumerate(blocks):
            setattr(self, f'layer{i + 1}', self._make_layer(block, channels * 2**i, count, stride=1 if i == 0 else 2))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels * 8 * block.expansion, 2 * POINTS)


def antialias(net):
    """Replaces each stride by stride 1 and a blur with the stride."""
    net.maxpool = nn.Sequential(nn.MaxPool2d(2, 1), Blur())
    for stage in (net.layer2, net.layer3, net.layer4):
        block = stage[0]
        strided, then = ('conv1', 'conv2') if isinstance(block, BasicBlock) else ('conv2', 'conv3')
        getattr(block, strided).stride = (1, 1)
        getattr(block, then).register_forward_pre_hook(lambda _, inputs: (Blur()(inputs[0]),))
        block.downsample[0].stride = (1, 1)
        block.downsample[0].register_forward_pre_hook(lambda _, inputs: (Blur()(inputs[0]),))


def create_images(height, width, phase):
    return noise(2 * height * width, 0.5, phase).reshape(2, 1, height, width)


def choose_phase(net, height, width):
    """The phase of images with no input of a ReLU near 0, where rounding alone changes a gradient."""
    nearest = []
    hooks = [module.register_forward_pre_hook(lambda _, inputs: nearest.append(inputs[0].abs().min().item()))
             for module in net.modules() if isinstance(module, nn.ReLU)]
    margins = {}
    with torch.no_grad():
        for phase in range(1000, 1100):
            nearest.clear()
            net(create_images(height, width, phase))
            margins[phase] = min(nearest)
    for hook in hooks:
        hook.remove()
    return max(margins, key=margins.get)


def compute_golden(depth, blurs, channels, height, width, gradients):
    net = Net(depth, channels)
    if blurs:
        antialias(net)
    net.double()
    state = {name: value for name, value in net.state_dict().items() if 'num_batches' not in name}
    for number, (name, value) in enumerate(state.items()):
        if value.dim() > 1:
            filled = noise(value.numel(), (6 / value[0].numel()) ** 0.5, number)
        else:
            center = 1 if name.endswith(('bn1.weight', 'bn2.weight', 'bn3.weight', '1.weight', 'running_var')) else 0
            filled = center + noise(value.numel(), 0.2, number)
        value.copy_(filled.reshape(value.shape))
    net.train()
    statistics = {name: value.clone() for name, value in net.state_dict().items() if 'running' in name}
    phase = choose_phase(net, height, width) if gradients else 1000
    net.load_state_dict({**net.state_dict(), **statistics})
    images = create_images(height, width, phase)
    macs = []
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(lambda m, _, y: macs.append(m.weight.numel() * y.shape[2] * y.shape[3]))
        if isinstance(module, nn.Linear):
            module.register_forward_hook(lambda m, _, y: macs.append(m.weight.numel()))
    net.eval()
    with torch.no_grad():
        predicted = net(images)
    golden = {
        'depth': depth, 'antialias': bool(blurs), 'channels': channels, 'height': height, 'width': width,
        'phase': phase,
        'parameters': sum(p.numel() for p in net.parameters()),
        'macs': sum(macs),
        # Names and shapes of the weights, in PyTorch's order.
        'state': [[name, list(value.shape)] for name, value in state.items()],
        'predicted': predicted.flatten().tolist(),
    }
    if not gradients:
        return golden
    net.train()
    output = net(images)
    loss = F.mse_loss(output, noise(output.numel(), 1, 2000).reshape(output.shape))
    loss.backward()
    golden['output'] = output.flatten().tolist()
    golden['loss'] = loss.item()
    # Norm and a few entries of each gradient, in PyTorch's layout, and running statistics after the step.
    golden['gradients'] = {
        name: [p.grad.norm().item(), *p.grad.flatten()[:3].tolist()] for name, p in net.named_parameters()
    }
    golden['running'] = {name: value[:3].tolist() for name, value in net.state_dict().items() if 'running' in name}
    return golden


if len(sys.argv) > 1:
    for i in range(1, len(sys.argv), 2):
        depth, blurs = map(int, sys.argv[i : i + 2])
        print(json.dumps(compute_golden(depth, blurs, 64, 64, 64, False)))
else:
    print('[%s]' % ',\n'.join(
        json.dumps(compute_golden(depth, blurs, 4, 96, 64, True)) for depth in (18, 50) for blurs in (False, True)))
