#!/usr/bin/env python3
"""Train ResNet-18 in PyTorch with and without anti-aliasing, as the peer of the anti-aliasing benchmark.

`pnpm bench:antialias` trains the same network in facekp on faces of the same lists, with the same crops, schedule and
loss. This script uses PyTorch only: torchvision's blocks with one input channel, a dense layer after global average
pooling, and the blurs of Zhang 2019 (a filter of 4 taps, reflected at the edge). The training faces are drawn at random
from the list. It prints one line of JSON.

    python3 antialias_pytorch.py --data DIR --network antialiased --size 64 --epochs 8 --faces 1104 --seed 1 --threads 1

Needs torch, torchvision and Pillow: `apt-get install python3-torch python3-torchvision python3-pil`.
"""

import argparse
import math
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import torch
from peer_program import run_peer
from PIL import Image
from torch import nn
from torch.nn import functional
from torchvision.models import resnet18
from torchvision.transforms import functional as transforms

BATCH, LEARNING_RATE, WARMUP_STEPS = 16, 1e-3, 100
MARGIN, CACHED_MARGIN = 0.2, 0.45  # on each side, as fractions of the face's box
DEGREES, SCALE, SHIFT, CONTRAST, BRIGHTNESS = 15, 1.1, 0.05, 0.2, 0.2
OUTER_EYE_CORNERS = (36, 45)


class Blur(nn.Module):
    """Blur by [1, 3, 3, 1] / 8 along each axis and keep every second pixel; reflected by 1 before and 2 after."""

    def __init__(self, channels):
        super().__init__()
        line = torch.tensor([1.0, 3, 3, 1]) / 8
        self.register_buffer("filters", torch.outer(line, line).expand(channels, 1, 4, 4).clone())

    def forward(self, x):
        return functional.conv2d(functional.pad(x, (1, 2, 1, 2), "reflect"), self.filters, stride=2, groups=x.shape[1])


def create_network(is_antialiased):
    """Create ResNet-18 for gray images and 68 points that start in the middle of the image."""
    network = resnet18(weights=None, num_classes=136)
    network.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
    nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
    nn.init.normal_(network.fc.weight, std=0.01)
    nn.init.constant_(network.fc.bias, 0.5)
    if is_antialiased:
        network.maxpool = nn.Sequential(nn.MaxPool2d(2, 1), Blur(64))
        for stage in (network.layer2, network.layer3, network.layer4):
            block = stage[0]
            block.conv1.stride = block.downsample[0].stride = (1, 1)
            block.conv2 = nn.Sequential(Blur(block.conv2.in_channels), block.conv2)
            block.downsample = nn.Sequential(Blur(block.downsample[0].in_channels), *block.downsample)
    return network


def read_faces(folder, part, size, margin):
    """Read gray square crops [N, size, size] as bytes, and keypoints in pixels from their edges."""
    crops, points = [], []
    for image in ElementTree.parse(Path(folder) / f"labels_ibug_300W_{part}.xml").iter("image"):
        gray = Image.open(Path(folder) / image.get("file")).convert("L")
        for box in image.iter("box"):
            left, top, width, height = (float(box.get(name)) for name in ("left", "top", "width", "height"))
            side = (1 + 2 * margin) * max(width, height)
            x, y = left + (width - side) / 2, top + (height - side) / 2
            # Black outside the image. A reduced image is filtered by antialiasing.
            edges = (math.floor(x), math.floor(y), math.ceil(x + side), math.ceil(y + side))
            area = (x - edges[0], y - edges[1], x - edges[0] + side, y - edges[1] + side)
            crops.append(transforms.pil_to_tensor(gray.crop(edges).resize((size, size), Image.BILINEAR, area))[0])
            parts = [(float(p.get("x")) + 0.5 - x, float(p.get("y")) + 0.5 - y) for p in box.iter("part")]
            points.append(torch.tensor(parts) * size / side)
    return torch.stack(crops), torch.stack(points)


def flip_order():
    """Return the order of the 68 points in a mirrored face."""
    order = list(range(68))
    ranges = [(0, 16), (17, 26), (31, 35), (48, 54), (55, 59), (60, 64), (65, 67)]
    for first, last in ranges:
        order[first : last + 1] = reversed(range(first, last + 1))
    for a, b in [(36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)]:
        order[a], order[b] = b, a
    return order


FLIP_ORDER = flip_order()


def uniform(count, limit):
    return torch.empty(count).uniform_(-limit, limit)


def augment(crops, points, size):
    """Sample random views [B, 1, size, size] of cached crops, with their keypoints relative to the view."""
    count, cached = len(crops), crops.shape[-1]
    side = cached * (1 + 2 * MARGIN) / (1 + 2 * CACHED_MARGIN) * torch.exp(uniform(count, math.log(SCALE)))
    angle = torch.deg2rad(uniform(count, DEGREES))
    mirror = 1 - 2 * (torch.rand(count) < 0.5).float()
    offset = uniform((count, 2), SHIFT) * side[:, None]
    cos, sin = torch.cos(angle), torch.sin(angle)
    # From the view, whose edges are at -1 and 1, to the cached crop, whose edges are there too.
    linear = torch.stack([cos * mirror, -sin, sin * mirror, cos], 1).view(-1, 2, 2) * (side / cached)[:, None, None]
    shift = 2 * offset / cached
    grid = functional.affine_grid(torch.cat([linear, shift[:, :, None]], 2), (count, 1, size, size), align_corners=False)
    views = functional.grid_sample(crops[:, None].float(), grid, padding_mode="border", align_corners=False)
    normalized = 2 * points / cached - 1 - shift[:, None]
    moved = (normalized @ torch.linalg.inv(linear).transpose(1, 2) + 1) / 2
    moved = torch.where(mirror[:, None, None] < 0, moved[:, FLIP_ORDER], moved)
    contrast, brightness = 1 + uniform((count, 1, 1, 1), CONTRAST), 1 + uniform((count, 1, 1, 1), BRIGHTNESS)
    mean = views.mean((2, 3), keepdim=True)
    return ((views - mean) * contrast + mean).mul(brightness).clamp(0, 255), moved


def normalize(images):
    return images / 255 - 0.5


def learning_rate_factor(step, steps):
    if step < WARMUP_STEPS:
        return (step + 1) / WARMUP_STEPS
    return (1 + math.cos(math.pi * (step - WARMUP_STEPS) / (steps - WARMUP_STEPS))) / 2


def compute_nme(network, images, points):
    """Return the mean error of the faces, each divided by the distance of the outer eye corners."""
    network.eval()
    with torch.no_grad():
        predicted = torch.cat([network(batch) for batch in images.split(32)]).view(-1, 68, 2) * images.shape[-1]
    right, left = OUTER_EYE_CORNERS
    interocular = (points[:, right] - points[:, left]).norm(dim=1)
    return ((predicted - points).norm(dim=2).mean(1) / interocular).mean().item()


def train(arguments):
    size = arguments.size
    crops, points = read_faces(arguments.data, "train", round(1.375 * size), CACHED_MARGIN)
    test_crops, test_points = read_faces(arguments.data, "test", size, MARGIN)
    faces = torch.randperm(len(crops))[: arguments.faces]
    crops, points = crops[faces], points[faces]

    network = create_network(arguments.network == "antialiased")
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    steps = arguments.epochs * math.ceil(len(crops) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_factor(step, steps))
    network.train()
    for _ in range(arguments.epochs):
        for batch in torch.randperm(len(crops)).split(BATCH):
            views, targets = augment(crops[batch], points[batch], size)
            loss = (network(normalize(views)).view(-1, 68, 2) - targets).norm(dim=2).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1)
            optimizer.step()
            schedule.step()
    return {
        "network": arguments.network,
        "seed": arguments.seed,
        "nme": round(compute_nme(network, normalize(test_crops[:, None].float()), test_points), 5),
        "torch": torch.__version__,
    }


def main():
    parser = argparse.ArgumentParser(description="PyTorch peer of the anti-aliasing benchmark; prints one line of JSON")
    parser.add_argument("--data", required=True, help="folder of iBUG's faces")
    parser.add_argument("--network", choices=["plain", "antialiased"], required=True)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--faces", type=int, default=1104)
    run_peer(parser, train)


if __name__ == "__main__":
    main()
