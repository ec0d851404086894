#!/usr/bin/env python3
"""Train in PyTorch, as the peer of the part 2 benchmark.

`pnpm bench:part2` compares training in facekp with training in PyTorch on the same data and machine, in turn. This
script uses PyTorch only: the course's network for all 58 keypoints of the IMM Face Database, trained by the course's
recipe (Adam 1e-4, MSE, batches of 4, rotation by up to 15 degrees, brightness by up to a fifth) on gray images of 480 x
360, and validated on the people that the course holds out. It prints one line of JSON.

    python3 part2_pytorch.py --data DIR --epochs 40 --seed 1 --threads 1

Needs torch, torchvision and Pillow: `apt-get install python3-torch python3-torchvision python3-pil libopenblas0`.
"""

import argparse
import math
import time

import torch
from imm_pytorch import LAST_TRAINING_PERSON, ORIGINAL, POINTS, read_imm
from peer_program import run_peer
from PIL import Image
from torch import nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as transforms

WIDTH, HEIGHT = 480, 360  # of the network's input
BATCH, LEARNING_RATE = 4, 1e-4
DEGREES, BRIGHTNESS = 15, 0.2


def read_image(path):
    """Read an image as a 1 x 360 x 480 tensor of gray bytes (Pillow antialiases when it shrinks)."""
    with Image.open(path) as image:
        gray = image.convert("L").resize((WIDTH, HEIGHT), Image.BILINEAR)
    return transforms.pil_to_tensor(gray)


def normalize(images):
    return images.float() / 255 - 0.5


def augment(image, points):
    """Rotate an image about its center (black border) together with its keypoints, and change its brightness."""
    degrees = torch.empty(1).uniform_(-DEGREES, DEGREES).item()
    rotated = transforms.rotate(image, degrees, InterpolationMode.BILINEAR, fill=0)
    brightened = transforms.adjust_brightness(rotated, torch.empty(1).uniform_(1 - BRIGHTNESS, 1 + BRIGHTNESS).item())
    # torchvision rotates counterclockwise; y points down.
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    size = torch.tensor([WIDTH, HEIGHT])
    offsets = (points - 0.5) * size
    rotation = torch.tensor([[cos, sin], [-sin, cos]])
    return brightened, offsets @ rotation.T / size + 0.5


def face_net():
    """Create the course's network with PyTorch's default initialization."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 18, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(18, 24, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(24, 30, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4950, 2048), nn.ReLU(),
        nn.Linear(2048, 512), nn.ReLU(),
        nn.Linear(512, 2 * POINTS),
    )  # fmt: skip


def mean_error(predicted, target):
    """Return the mean distance between two sets of keypoints, in pixels of the original image."""
    return ((predicted - target) * ORIGINAL).norm(dim=2).mean().item()


def train(arguments):
    images, points, persons = read_imm(arguments.data, read_image)
    training = persons <= LAST_TRAINING_PERSON
    train_images, train_points = images[training], points[training]
    val_images, val_points = normalize(images[~training]), points[~training]

    network = face_net()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    criterion = nn.MSELoss()

    start = time.perf_counter()
    for _ in range(arguments.epochs):
        for batch in torch.randperm(len(train_images)).split(BATCH):
            faces, targets = zip(*(augment(train_images[i], train_points[i]) for i in batch))
            loss = criterion(network(normalize(torch.stack(faces))), torch.stack(targets).flatten(1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - start

    with torch.no_grad():
        val_error = mean_error(network(val_images).view(-1, POINTS, 2), val_points)
    return {
        "epochs": arguments.epochs,
        "seed": arguments.seed,
        "threads": arguments.threads,
        "seconds": round(seconds, 3),
        "valErrorPx": round(val_error, 3),
        "meanShapeErrorPx": round(mean_error(train_points.mean(dim=0), val_points), 3),
        "torch": torch.__version__,
    }


def main():
    parser = argparse.ArgumentParser(description="PyTorch peer of the part 2 benchmark; prints one line of JSON")
    parser.add_argument("--data", required=True, help="folder of the IMM Face Database")
    parser.add_argument("--epochs", type=int, default=40)
    run_peer(parser, train)


if __name__ == "__main__":
    main()
