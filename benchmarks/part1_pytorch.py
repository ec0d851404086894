#!/usr/bin/env python3
"""Train in PyTorch, as the peer of the part 1 benchmark.

`pnpm bench:part1` compares training in facekp with training in PyTorch on the same data and machine, in turn. This
script uses PyTorch only: the network of the course (three 3x3 convolutions 1-12-24-36, each with ReLU and 2x2
max-pooling, then 2520-500-2 dense), trained on the IMM Face Database to predict the nose keypoint (52), and validated on
the people that the course holds out. It prints one line of JSON.

    python3 part1_pytorch.py --data DIR --epochs 20 --seed 0 --threads 1 --recipe course
    python3 part1_pytorch.py --step-resnet18 8 5 --threads 1

The second form times a training step of ResNet-18 (input 240x240x1, 136 outputs) at a batch size of 8 and prints the median
of 5 steps. It reads no data.

Needs torch, and Pillow or (second form) torchvision:
`apt-get install python3-torch python3-torchvision python3-pil libopenblas0`.
"""

import argparse
import statistics
import time

import torch
from imm_pytorch import LAST_TRAINING_PERSON, ORIGINAL, read_imm
from peer_program import run_peer
from torch import nn

WIDTH, HEIGHT = 80, 60  # of the network's input
NOSE = 52
BATCH = 4
LEARNING_RATES = {"course": 1e-5, "adam1e-3": 1e-3}


def read_image(path):
    """Read an image as a 1 x 60 x 80 tensor of gray values in -0.5..0.5 (Pillow antialiases when it shrinks)."""
    from PIL import Image

    with Image.open(path) as image:
        gray = image.convert("L").resize((WIDTH, HEIGHT), Image.BILINEAR)
    return torch.tensor(list(gray.getdata()), dtype=torch.float32).view(1, HEIGHT, WIDTH) / 255 - 0.5


def nose_net():
    """Create the course's network with PyTorch's default initialization."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(24, 36, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(36 * (HEIGHT // 8) * (WIDTH // 8), 500), nn.ReLU(),
        nn.Linear(500, 2),
    )  # fmt: skip


def mean_error(predicted, target):
    """Return the mean distance between two sets of keypoints, in pixels of the original image."""
    return ((predicted - target) * ORIGINAL).norm(dim=1).mean().item()


def train(arguments):
    """Train as in the course (batches of 4, Adam, MSE on relative coordinates) and validate."""
    images, points, persons = read_imm(arguments.data, read_image)
    noses = points[:, NOSE]
    training = persons <= LAST_TRAINING_PERSON
    train_images, train_noses = images[training], noses[training]
    val_images, val_noses = images[~training], noses[~training]

    network = nose_net()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATES[arguments.recipe])
    criterion = nn.MSELoss()

    start = time.perf_counter()
    for _ in range(arguments.epochs):
        for batch in torch.randperm(len(train_images)).split(BATCH):
            loss = criterion(network(train_images[batch]), train_noses[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - start

    with torch.no_grad():
        val_error = mean_error(network(val_images), val_noses)
    return {
        "recipe": arguments.recipe,
        "epochs": arguments.epochs,
        "seed": arguments.seed,
        "threads": arguments.threads,
        "seconds": round(seconds, 3),
        "imagesPerSecond": round(arguments.epochs * len(train_images) / seconds, 1) if arguments.epochs else None,
        "valErrorPx": round(val_error, 3),
        "meanShapeErrorPx": round(mean_error(train_noses.mean(dim=0), val_noses), 3),
        "torch": torch.__version__,
    }


def time_resnet18(arguments):
    """Return the median time of a training step of ResNet-18 with the shapes of part 3, after one warm-up step."""
    from torchvision.models import resnet18

    batch, steps = arguments.step_resnet18
    network = resnet18(num_classes=136)
    network.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    criterion = nn.MSELoss()
    images, points = torch.rand(batch, 1, 240, 240) - 0.5, torch.rand(batch, 136)

    times = []
    for _ in range(steps + 1):
        start = time.perf_counter()
        loss = criterion(network(images), points)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    return {
        "model": "resnet18",
        "input": [240, 240, 1],
        "outputs": 136,
        "batch": batch,
        "steps": steps,
        "threads": arguments.threads,
        "medianSeconds": round(statistics.median(times[1:]), 4),
        "torch": torch.__version__,
    }


def main():
    parser = argparse.ArgumentParser(description="PyTorch peer of the part 1 benchmark; prints one line of JSON")
    parser.add_argument("--data", help="folder of the IMM Face Database")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--recipe", choices=LEARNING_RATES, default="course")
    parser.add_argument(
        "--step-resnet18", type=int, nargs=2, metavar=("BATCH", "STEPS"), help="time training steps of ResNet-18 instead"
    )

    def run(arguments):
        if not arguments.step_resnet18:
            if not arguments.data:
                parser.error("--data: expected the folder of the IMM Face Database")
            return train(arguments)
        if min(arguments.step_resnet18) < 1:
            parser.error("--step-resnet18: expected a batch size and a number of steps, each at least 1")
        return time_resnet18(arguments)

    run_peer(parser, run)


if __name__ == "__main__":
    main()
